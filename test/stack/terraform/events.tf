# Events flow: bus, rules, queues, topic, state machine and their functions.

resource "aws_kms_key" "events_key" {
  policy = jsonencode({
    Statement = [
      {
        Action = "kms:*"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::111122223333:root"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-west-1:111122223333:*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "logs.eu-west-1.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = "kms:DescribeKey"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt*"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          StringLike = {
            "kms:EncryptionContext:aws:events:event-bus:arn" = "arn:aws:events:eu-west-1:111122223333:event-bus/*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "sns.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = "kms:Decrypt*"
        Effect = "Allow"
        Principal = {
          Service = "delivery.logs.amazonaws.com"
        }
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
  enable_key_rotation     = true
  rotation_period_in_days = 365
}

resource "aws_iam_role" "events_runbook_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:ssm:*:111122223333:automation-execution/*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "ssm.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role_policy" "events_runbook_role_default_policy_policy" {
  role = aws_iam_role.events_runbook_role.name
  name = "EventsRunbookRoleDefaultPolicyCB24102D"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = "kms:Decrypt"
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_key.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = [aws_sqs_queue.events_failures_queue.arn, aws_sqs_queue.events_undelivered_announcements_queue.arn, aws_sqs_queue.events_undelivered_queue.arn]
      },
      {
        Action   = ["events:DescribeArchive", "events:StartReplay"]
        Effect   = "Allow"
        Resource = [aws_cloudwatch_event_archive.events_archive.arn, aws_cloudwatch_event_bus.events_bus.arn]
      },
      {
        Action   = ["events:CancelReplay", "events:DescribeReplay"]
        Effect   = "Allow"
        Resource = "arn:aws:events:eu-west-1:111122223333:replay/*"
      },
      {
        Action   = "states:RedriveExecution"
        Effect   = "Allow"
        Resource = "arn:aws:states:eu-west-1:111122223333:execution:${aws_sfn_state_machine.events_fulfilment_state_machine.name}:*"
      },
      {
        Action   = ["sqs:CancelMessageMoveTask", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage", "sqs:StartMessageMoveTask"]
        Effect   = "Allow"
        Resource = [aws_sqs_queue.events_audit_dead_letters_queue.arn, aws_sqs_queue.events_ordered_orders_dead_letters_queue.arn]
      },
      {
        Action   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        Effect   = "Allow"
        Resource = [aws_sqs_queue.events_audit_queue.arn, aws_sqs_queue.events_ordered_orders_queue.arn]
      },
      {
        Action   = "lambda:InvokeFunction"
        Effect   = "Allow"
        Resource = [aws_lambda_function.events_ingest_upload_function.arn, aws_lambda_function.events_release_due_orders_function.arn, aws_lambda_function.events_start_fulfilment_function.arn]
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_ssm_document" "events_runbook_document" {
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    description   = "# Dead messages of the events flow\n\n1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages\n   with their receive count, age, correlation id and size, never their bodies, and gives them back.\n2. **Find the cause.** Look the correlation ids up with the saved CloudWatch Logs Insights query\n   `<stack>/errors-by-correlation-id`, follow the trace in X-Ray, and see in the dashboard whether the\n   circuit breaker was open. A poison message fails alone; a broken dependency fails all.\n3. **Repair first.** A message that is replayed before the cause is gone comes back after three receives.\n4. **Replay** as the alarm says. `RedriveAll` moves all messages of a work queue back with\n   StartMessageMoveTask, ten a second; SQS does that for dead letters of queues alone. `RetryAll` does for every\n   other queue what its source allows, ten a second: it invokes the function again with the event that failed,\n   redrives the failed execution, delivers the event to its target, or publishes the notification. `RetryOne`\n   does the same for one message, and validates it first. `ReplayArchive` puts archived events on the bus again.\n   Every handler is idempotent: a message that had been handled is answered from its record.\n5. **Watch** the depth and age alarms return to OK, and write down cause and repair."
    assumeRole    = aws_iam_role.events_runbook_role.arn
    parameters = {
      Action = {
        type          = "String"
        description   = "What to do"
        default       = "Inspect"
        allowedValues = ["Inspect", "RedriveAll", "RetryOne", "RetryAll", "ReplayArchive"]
      }
      QueueUrl = {
        type        = "String"
        description = "URL of the dead-letter queue (Inspect, RetryOne, RetryAll)"
        default     = ""
      }
      QueueArn = {
        type        = "String"
        description = "ARN of the dead-letter queue of a work queue (RedriveAll)"
        default     = ""
      }
      SourceQueueUrl = {
        type        = "String"
        description = "URL of the queue that the messages are for (RetryOne, RetryAll)"
        default     = ""
      }
      FunctionArn = {
        type        = "String"
        description = "ARN of the function that takes events of AWS services (RetryOne, RetryAll)"
        default     = ""
      }
      MessageId = {
        type        = "String"
        description = "Id of the message, as Inspect shows it (RetryOne)"
        default     = ""
      }
      ArchiveArn = {
        type        = "String"
        description = "ARN of the archive (ReplayArchive)"
        default     = ""
      }
      BusArn = {
        type        = "String"
        description = "ARN of the bus (ReplayArchive; RetryOne and RetryAll for events that no rule saw)"
        default     = ""
      }
      ReplayName = {
        type        = "String"
        description = "Unique name of the replay (ReplayArchive)"
        default     = ""
      }
      From = {
        type        = "String"
        description = "Start of the events, ISO 8601 (ReplayArchive)"
        default     = ""
      }
      To = {
        type        = "String"
        description = "End of the events, ISO 8601 (ReplayArchive)"
        default     = ""
      }
    }
    mainSteps = [
      {
        name   = "ChooseAction"
        action = "aws:branch"
        inputs = {
          Choices = [
            {
              NextStep     = "Inspect"
              Variable     = "{{ Action }}"
              StringEquals = "Inspect"
            },
            {
              NextStep     = "RedriveAll"
              Variable     = "{{ Action }}"
              StringEquals = "RedriveAll"
            },
            {
              NextStep     = "RetryOne"
              Variable     = "{{ Action }}"
              StringEquals = "RetryOne"
            },
            {
              NextStep     = "RetryAll"
              Variable     = "{{ Action }}"
              StringEquals = "RetryAll"
            },
            {
              NextStep     = "ReplayArchive"
              Variable     = "{{ Action }}"
              StringEquals = "ReplayArchive"
            },
          ]
        }
      },
      {
        name   = "Inspect"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "inspect"
          InputPayload = {
            QueueUrl = "{{ QueueUrl }}"
          }
          Script = "import boto3, json\ndef inspect(events, context):\n    sqs = boto3.client('sqs')\n    answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=60,\n                                 WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n    seen = []\n    for message in answer.get('Messages', []):\n        attributes = message.get('MessageAttributes', {})\n        correlation = attributes.get('correlationId', {}).get('StringValue', '')\n        seen.append({'MessageId': message['MessageId'], 'Receives': message['Attributes']['ApproximateReceiveCount'],\n                     'SentAt': message['Attributes']['SentTimestamp'], 'CorrelationId': correlation,\n                     'Bytes': len(message['Body'])})\n        sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                      VisibilityTimeout=0)\n    return {'Messages': json.dumps(seen), 'Count': len(seen)}"
        }
        outputs = [
          {
            Name     = "Messages"
            Selector = "$.Payload.Messages"
            Type     = "String"
          },
          {
            Name     = "Count"
            Selector = "$.Payload.Count"
            Type     = "Integer"
          },
        ]
      },
      {
        name     = "RedriveAll"
        action   = "aws:executeAwsApi"
        nextStep = "WaitForRedrive"
        inputs = {
          Service                      = "sqs"
          Api                          = "StartMessageMoveTask"
          SourceArn                    = "{{ QueueArn }}"
          MaxNumberOfMessagesPerSecond = 10
        }
      },
      {
        name           = "WaitForRedrive"
        action         = "aws:waitForAwsResourceProperty"
        timeoutSeconds = 3600
        isEnd          = true
        inputs = {
          Service          = "sqs"
          Api              = "ListMessageMoveTasks"
          SourceArn        = "{{ QueueArn }}"
          PropertySelector = "$.Results[0].Status"
          DesiredValues    = ["COMPLETED"]
        }
      },
      {
        name   = "RetryOne"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "retry"
          InputPayload = {
            QueueUrl       = "{{ QueueUrl }}"
            SourceQueueUrl = "{{ SourceQueueUrl }}"
            FunctionArn    = "{{ FunctionArn }}"
            BusArn         = "{{ BusArn }}"
            MessageId      = "{{ MessageId }}"
          }
          Script = "import boto3, json, time\ndef retry(events, context):\n    sqs = boto3.client('sqs')\n    wanted = events['MessageId']\n    deadline = time.time() + 480\n    held, retried, refused = [], [], []\n    try:\n        while time.time() < deadline:\n            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,\n                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n            messages = answer.get('Messages', [])\n            if not messages:\n                break\n            held.extend(messages)\n            for message in messages:\n                if wanted not in ('', message['MessageId']):\n                    continue\n                try:\n                    replay(events, message)\n                except Exception as error:\n                    if wanted:\n                        raise\n                    refused.append({'MessageId': message['MessageId'], 'Reason': str(error)})\n                    continue\n                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])\n                held.remove(message)\n                retried.append(message['MessageId'])\n                if wanted:\n                    return {'Retried': 1, 'Refused': '[]'}\n                time.sleep(0.1)\n    finally:\n        for message in held:\n            try:\n                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                              VisibilityTimeout=0)\n            except sqs.exceptions.ClientError:\n                pass\n    if wanted:\n        raise Exception('No message ' + wanted + ' was received from the queue.')\n    return {'Retried': len(retried), 'Refused': json.dumps(refused)}\n\ndef replay(events, message):\n    body = json.loads(message['Body'])\n    if not isinstance(body, dict):\n        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')\n    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}\n    request = body.get('requestContext')\n    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:\n        invoke(request['functionArn'], body['requestPayload'])\n    elif body.get('type') == 'order.unfulfilled':\n        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])\n    elif 'TARGET_ARN' in values:\n        deliver(events, values['TARGET_ARN'], body)\n    elif body.get('Type') == 'Notification' and 'TopicArn' in body:\n        subject = {'Subject': body['Subject']} if body.get('Subject') else {}\n        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)\n    elif events['SourceQueueUrl']:\n        send(events['SourceQueueUrl'], message['Body'], message)\n    elif 'detail-type' in body and 'source' in body:\n        put(events, body)\n    else:\n        raise Exception('The message does not say where it came from: give SourceQueueUrl.')\n\ndef deliver(events, target, body):\n    service = target.split(':')[2]\n    if service == 'lambda':\n        invoke(target, body)\n    elif service == 'states':\n        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))\n    elif service == 'sqs':\n        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']\n        send(url, json.dumps(body.get('detail', body)), {})\n    elif service == 'events':\n        put({**events, 'BusArn': target}, body)\n    else:\n        raise Exception('No replay is known for the target ' + target + '.')\n\ndef put(events, body):\n    if body['source'].startswith('aws.'):\n        if not events['FunctionArn']:\n            raise Exception('Only AWS services put events of the source ' + body['source'] + ' on a bus: give FunctionArn.')\n        invoke(events['FunctionArn'], body)\n        return\n    if not events['BusArn']:\n        raise Exception('The event never reached a rule: give BusArn.')\n    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],\n             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}\n    answer = boto3.client('events').put_events(Entries=[entry])\n    if answer['FailedEntryCount']:\n        raise Exception('The bus refused the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')\n\ndef invoke(arn, payload):\n    name = arn[:-8] if arn.endswith(':$LATEST') else arn\n    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())\n\ndef send(url, body, message):\n    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}\n                  for name, attribute in message.get('MessageAttributes', {}).items()}\n    ordering = {}\n    if url.endswith('.fifo'):\n        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],\n                    'MessageDeduplicationId': message['MessageId']}\n    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)"
        }
        outputs = [
          {
            Name     = "Retried"
            Selector = "$.Payload.Retried"
            Type     = "Integer"
          },
          {
            Name     = "Refused"
            Selector = "$.Payload.Refused"
            Type     = "String"
          },
        ]
      },
      {
        name   = "RetryAll"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "retry"
          InputPayload = {
            QueueUrl       = "{{ QueueUrl }}"
            SourceQueueUrl = "{{ SourceQueueUrl }}"
            FunctionArn    = "{{ FunctionArn }}"
            BusArn         = "{{ BusArn }}"
            MessageId      = ""
          }
          Script = "import boto3, json, time\ndef retry(events, context):\n    sqs = boto3.client('sqs')\n    wanted = events['MessageId']\n    deadline = time.time() + 480\n    held, retried, refused = [], [], []\n    try:\n        while time.time() < deadline:\n            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,\n                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n            messages = answer.get('Messages', [])\n            if not messages:\n                break\n            held.extend(messages)\n            for message in messages:\n                if wanted not in ('', message['MessageId']):\n                    continue\n                try:\n                    replay(events, message)\n                except Exception as error:\n                    if wanted:\n                        raise\n                    refused.append({'MessageId': message['MessageId'], 'Reason': str(error)})\n                    continue\n                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])\n                held.remove(message)\n                retried.append(message['MessageId'])\n                if wanted:\n                    return {'Retried': 1, 'Refused': '[]'}\n                time.sleep(0.1)\n    finally:\n        for message in held:\n            try:\n                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                              VisibilityTimeout=0)\n            except sqs.exceptions.ClientError:\n                pass\n    if wanted:\n        raise Exception('No message ' + wanted + ' was received from the queue.')\n    return {'Retried': len(retried), 'Refused': json.dumps(refused)}\n\ndef replay(events, message):\n    body = json.loads(message['Body'])\n    if not isinstance(body, dict):\n        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')\n    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}\n    request = body.get('requestContext')\n    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:\n        invoke(request['functionArn'], body['requestPayload'])\n    elif body.get('type') == 'order.unfulfilled':\n        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])\n    elif 'TARGET_ARN' in values:\n        deliver(events, values['TARGET_ARN'], body)\n    elif body.get('Type') == 'Notification' and 'TopicArn' in body:\n        subject = {'Subject': body['Subject']} if body.get('Subject') else {}\n        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)\n    elif events['SourceQueueUrl']:\n        send(events['SourceQueueUrl'], message['Body'], message)\n    elif 'detail-type' in body and 'source' in body:\n        put(events, body)\n    else:\n        raise Exception('The message does not say where it came from: give SourceQueueUrl.')\n\ndef deliver(events, target, body):\n    service = target.split(':')[2]\n    if service == 'lambda':\n        invoke(target, body)\n    elif service == 'states':\n        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))\n    elif service == 'sqs':\n        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']\n        send(url, json.dumps(body.get('detail', body)), {})\n    elif service == 'events':\n        put({**events, 'BusArn': target}, body)\n    else:\n        raise Exception('No replay is known for the target ' + target + '.')\n\ndef put(events, body):\n    if body['source'].startswith('aws.'):\n        if not events['FunctionArn']:\n            raise Exception('Only AWS services put events of the source ' + body['source'] + ' on a bus: give FunctionArn.')\n        invoke(events['FunctionArn'], body)\n        return\n    if not events['BusArn']:\n        raise Exception('The event never reached a rule: give BusArn.')\n    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],\n             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}\n    answer = boto3.client('events').put_events(Entries=[entry])\n    if answer['FailedEntryCount']:\n        raise Exception('The bus refused the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')\n\ndef invoke(arn, payload):\n    name = arn[:-8] if arn.endswith(':$LATEST') else arn\n    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())\n\ndef send(url, body, message):\n    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}\n                  for name, attribute in message.get('MessageAttributes', {}).items()}\n    ordering = {}\n    if url.endswith('.fifo'):\n        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],\n                    'MessageDeduplicationId': message['MessageId']}\n    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)"
        }
        outputs = [
          {
            Name     = "Retried"
            Selector = "$.Payload.Retried"
            Type     = "Integer"
          },
          {
            Name     = "Refused"
            Selector = "$.Payload.Refused"
            Type     = "String"
          },
        ]
      },
      {
        name   = "ReplayArchive"
        action = "aws:executeAwsApi"
        isEnd  = true
        inputs = {
          Service        = "events"
          Api            = "StartReplay"
          ReplayName     = "{{ ReplayName }}"
          EventSourceArn = "{{ ArchiveArn }}"
          EventStartTime = "{{ From }}"
          EventEndTime   = "{{ To }}"
          Destination = {
            Arn = "{{ BusArn }}"
          }
        }
        outputs = [
          {
            Name     = "ReplayArn"
            Selector = "$.ReplayArn"
            Type     = "String"
          },
        ]
      },
    ]
  })
  name = "events-runbook-document"
}

resource "aws_sqs_queue" "events_undelivered_queue" {
  tags = {
    runbook = aws_ssm_document.events_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.foundation_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "events_undelivered_queue_policy" {
  queue_url = aws_sqs_queue.events_undelivered_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_undelivered_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_bus.events_bus.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_undelivered_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.events_forward_uploads.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_undelivered_queue.arn
        Sid      = "AllowEventRuleHeadgateEventsForwardUploads0F7A5ABB"
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.events_uploaded_orders.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_undelivered_queue.arn
        Sid      = "AllowEventRuleHeadgateEventsUploadedOrders52244773"
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.events_schedule.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_undelivered_queue.arn
        Sid      = "AllowEventRuleHeadgateEventsScheduleF09EE0C3"
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.events_accepted_orders.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_undelivered_queue.arn
        Sid      = "AllowEventRuleHeadgateEventsAcceptedOrdersD5C04736"
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_undelivered_depth_alarm" {
  alarm_description = "Events that did not reach their target. Runbook: SSM document ${aws_ssm_document.events_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.events_undelivered_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.events_undelivered_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-undelivered-depth-alarm"
}

resource "aws_sqs_queue" "events_failures_queue" {
  tags = {
    runbook = aws_ssm_document.events_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.events_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "events_failures_queue_policy" {
  queue_url = aws_sqs_queue.events_failures_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_failures_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_failures_depth_alarm" {
  alarm_description = "Events that a function or the workflow failed on. Runbook: SSM document ${aws_ssm_document.events_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.events_failures_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.events_failures_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-failures-depth-alarm"
}

resource "aws_cloudwatch_event_bus" "events_bus" {
  name               = "HeadgateEvents-orders"
  kms_key_identifier = aws_kms_key.events_key.arn
  dead_letter_config {
    arn = aws_sqs_queue.events_undelivered_queue.arn
  }
}

resource "aws_cloudwatch_event_bus_policy" "events_buscdk_own_account_only" {
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Action = "events:PutEvents"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::111122223333:root"
        }
        Resource = aws_cloudwatch_event_bus.events_bus.arn
        Sid      = "cdk-OwnAccountOnly"
      },
    ]
  })
}

resource "aws_cloudwatch_event_archive" "events_archive" {
  event_source_arn = aws_cloudwatch_event_bus.events_bus.arn
  retention_days   = 90
  event_pattern = jsonencode({
    version = ["0"]
  })
  name = "events-archive"
}

resource "aws_s3_bucket" "events_uploads" {
}

resource "aws_s3_bucket_server_side_encryption_configuration" "events_uploads" {
  bucket = aws_s3_bucket.events_uploads.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.events_key.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_versioning" "events_uploads" {
  bucket = aws_s3_bucket.events_uploads.bucket
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "events_uploads" {
  bucket                  = aws_s3_bucket.events_uploads.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_logging" "events_uploads" {
  bucket        = aws_s3_bucket.events_uploads.bucket
  target_bucket = aws_s3_bucket.foundation_access_logs.bucket
  target_prefix = "events-uploads/"
}

resource "aws_s3_bucket_notification" "events_uploads" {
  bucket      = aws_s3_bucket.events_uploads.bucket
  eventbridge = true
}

resource "aws_s3_bucket_ownership_controls" "events_uploads" {
  bucket = aws_s3_bucket.events_uploads.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "events_uploads" {
  bucket = aws_s3_bucket.events_uploads.bucket
  rule {
    status = "Enabled"
    id     = "rule-1"
  }
}

resource "aws_s3_bucket_policy" "events_uploads_policy" {
  bucket = aws_s3_bucket.events_uploads.bucket
  policy = jsonencode({
    Statement = [
      {
        Action = "s3:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = [
          aws_s3_bucket.events_uploads.arn,
          "${aws_s3_bucket.events_uploads.arn}/*",
        ]
      },
      {
        Action = "s3:*"
        Condition = {
          NumericLessThan = {
            "s3:TlsVersion" = 1.2
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = [
          aws_s3_bucket.events_uploads.arn,
          "${aws_s3_bucket.events_uploads.arn}/*",
        ]
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_dynamodb_table" "events_orders" {
  hash_key = "orderId"
  attribute {
    name = "orderId"
    type = "S"
  }
  attribute {
    name = "status"
    type = "S"
  }
  attribute {
    name = "dueAt"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.events_key.arn
  }
  point_in_time_recovery {
    enabled = true
  }
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  name                        = "events-orders"
  global_secondary_index {
    name            = "byStatusAndDue"
    hash_key        = "status"
    range_key       = "dueAt"
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_table" "events_idempotency" {
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.events_key.arn
  }
  point_in_time_recovery {
    enabled = true
  }
  ttl {
    attribute_name = "expiration"
    enabled        = true
  }
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  name                        = "events-idempotency"
}

resource "aws_sns_topic" "events_announcements" {
  kms_master_key_id = aws_kms_key.events_key.arn
  tracing_config    = "Active"
}

resource "aws_sns_topic_policy" "events_announcements_policy" {
  arn = aws_sns_topic.events_announcements.arn
  policy = jsonencode({
    Statement = [
      {
        Action = "sns:Publish"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect    = "Deny"
        Principal = "*"
        Resource  = aws_sns_topic.events_announcements.arn
        Sid       = "AllowPublishThroughSSLOnly"
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_log_group" "events_fulfilment_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.events_key.arn
}

resource "aws_iam_role_policy" "events_fulfilment_role" {
  role = aws_iam_role.events_fulfilment_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = "dynamodb:UpdateItem"
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_orders.arn
      },
      {
        Action   = "sns:Publish"
        Effect   = "Allow"
        Resource = aws_sns_topic.events_announcements.arn
      },
      {
        Action   = "sqs:SendMessage"
        Effect   = "Allow"
        Resource = aws_sqs_queue.events_failures_queue.arn
      },
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "events_fulfilment_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "states.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_sfn_state_machine" "events_fulfilment_state_machine" {
  role_arn   = aws_iam_role.events_fulfilment_role.arn
  definition = "{\"StartAt\":\"ReserveItems\",\"States\":{\"ReserveItems\":{\"Type\":\"Map\",\"ResultPath\":null,\"Next\":\"Settle\",\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":2,\"MaxAttempts\":3,\"BackoffRate\":2,\"MaxDelaySeconds\":30,\"JitterStrategy\":\"FULL\"}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.failure\",\"Next\":\"ReportFailure\"}],\"ItemsPath\":\"$.items\",\"ItemSelector\":{\"orderId.$\":\"$.orderId\",\"item.$\":\"$$.Map.Item.Value\",\"positions.$\":\"States.Array(States.Format('{}', $$.Map.Item.Index))\"},\"ItemProcessor\":{\"ProcessorConfig\":{\"Mode\":\"INLINE\"},\"StartAt\":\"ReserveItem\",\"States\":{\"ReserveItem\":{\"End\":true,\"Retry\":[{\"ErrorEquals\":[\"DynamoDB.ConditionalCheckFailedException\"],\"MaxAttempts\":0,\"BackoffRate\":2},{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":2,\"MaxAttempts\":3,\"BackoffRate\":2,\"MaxDelaySeconds\":30,\"JitterStrategy\":\"FULL\"}],\"Catch\":[{\"ErrorEquals\":[\"DynamoDB.ConditionalCheckFailedException\"],\"Next\":\"ItemReservedBefore\"},{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.failure\",\"Next\":\"ItemNotReserved\"}],\"Type\":\"Task\",\"TimeoutSeconds\":10,\"ResultPath\":null,\"Resource\":\"arn:aws:states:::dynamodb:updateItem\",\"Parameters\":{\"Key\":{\"orderId\":{\"S.$\":\"$.orderId\"}},\"TableName\":\"${aws_dynamodb_table.events_orders.name}\",\"ConditionExpression\":\"attribute_not_exists(reservedItems) OR NOT contains(reservedItems, :position)\",\"ExpressionAttributeValues\":{\":quantity\":{\"N.$\":\"States.Format('{}', $.item.quantity)\"},\":positions\":{\"SS.$\":\"$.positions\"},\":position\":{\"S.$\":\"$.positions[0]\"},\":state\":{\"S\":\"RESERVING\"}},\"UpdateExpression\":\"ADD reservedUnits :quantity, reservedItems :positions SET fulfilment = :state\"}},\"ItemReservedBefore\":{\"Type\":\"Succeed\"},\"ItemNotReserved\":{\"Type\":\"Fail\",\"ErrorPath\":\"$.failure.Error\",\"CausePath\":\"$.failure.Cause\"}}},\"MaxConcurrency\":5},\"Settle\":{\"Type\":\"Parallel\",\"ResultPath\":null,\"Next\":\"Fulfilled\",\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":2,\"MaxAttempts\":3,\"BackoffRate\":2,\"MaxDelaySeconds\":30,\"JitterStrategy\":\"FULL\"}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.failure\",\"Next\":\"ReportFailure\"}],\"Branches\":[{\"StartAt\":\"MarkFulfilled\",\"States\":{\"MarkFulfilled\":{\"End\":true,\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":2,\"MaxAttempts\":3,\"BackoffRate\":2,\"MaxDelaySeconds\":30,\"JitterStrategy\":\"FULL\"}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.failure\",\"Next\":\"NotMarked\"}],\"Type\":\"Task\",\"TimeoutSeconds\":10,\"ResultPath\":null,\"Resource\":\"arn:aws:states:::dynamodb:updateItem\",\"Parameters\":{\"Key\":{\"orderId\":{\"S.$\":\"$.orderId\"}},\"TableName\":\"${aws_dynamodb_table.events_orders.name}\",\"ExpressionAttributeValues\":{\":state\":{\"S\":\"FULFILLED\"}},\"UpdateExpression\":\"SET fulfilment = :state\"}},\"NotMarked\":{\"Type\":\"Fail\",\"ErrorPath\":\"$.failure.Error\",\"CausePath\":\"$.failure.Cause\"}}},{\"StartAt\":\"Announce\",\"States\":{\"Announce\":{\"End\":true,\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":2,\"MaxAttempts\":3,\"BackoffRate\":2,\"MaxDelaySeconds\":30,\"JitterStrategy\":\"FULL\"}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.failure\",\"Next\":\"NotAnnounced\"}],\"Type\":\"Task\",\"TimeoutSeconds\":10,\"ResultPath\":null,\"Resource\":\"arn:aws:states:::sns:publish\",\"Parameters\":{\"TopicArn\":\"${aws_sns_topic.events_announcements.arn}\",\"Message\":{\"type\":\"order.fulfilled\",\"orderId.$\":\"$.orderId\"},\"MessageAttributes\":{\"type\":{\"DataType\":\"String\",\"StringValue\":\"order.fulfilled\"}}}},\"NotAnnounced\":{\"Type\":\"Fail\",\"ErrorPath\":\"$.failure.Error\",\"CausePath\":\"$.failure.Cause\"}}}]},\"Fulfilled\":{\"Type\":\"Succeed\"},\"ReportFailure\":{\"Next\":\"Unfulfilled\",\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":2,\"MaxAttempts\":3,\"BackoffRate\":2,\"MaxDelaySeconds\":30,\"JitterStrategy\":\"FULL\"}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.failure\",\"Next\":\"UnfulfilledAndUnreported\"}],\"Type\":\"Task\",\"TimeoutSeconds\":10,\"ResultPath\":null,\"Resource\":\"arn:aws:states:::sqs:sendMessage\",\"Parameters\":{\"QueueUrl\":\"${aws_sqs_queue.events_failures_queue.id}\",\"MessageBody\":{\"type\":\"order.unfulfilled\",\"orderId.$\":\"$.orderId\",\"execution.$\":\"$$.Execution.Id\",\"failure.$\":\"$.failure\"}}},\"Unfulfilled\":{\"Type\":\"Fail\",\"ErrorPath\":\"$.failure.Error\",\"CausePath\":\"$.failure.Cause\"},\"UnfulfilledAndUnreported\":{\"Type\":\"Fail\",\"Error\":\"Unreported\",\"Cause\":\"The order was not fulfilled, and the failure queue could not be told; see the execution history.\"}},\"TimeoutSeconds\":3600}"
  logging_configuration {
    level                  = "ALL"
    include_execution_data = false
    log_destination        = aws_cloudwatch_log_group.events_fulfilment_logs.arn
  }
  tracing_configuration {
    enabled = true
  }
  encryption_configuration {
    kms_key_id = aws_kms_key.events_key.arn
    type       = "CUSTOMER_MANAGED_KMS_KEY"
  }
}

resource "aws_cloudwatch_metric_alarm" "events_fulfilment_failed_alarm" {
  alarm_description = "A fulfilment failed or timed out"
  namespace         = "AWS/States"
  metric_name       = "ExecutionsFailed"
  dimensions = {
    StateMachineArn = aws_sfn_state_machine.events_fulfilment_state_machine.arn
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-fulfilment-failed-alarm"
}

resource "aws_sqs_queue" "events_ordered_orders_dead_letters_queue" {
  tags = {
    runbook = aws_ssm_document.events_runbook_document.name
  }
  message_retention_seconds   = 1209600
  fifo_queue                  = true
  content_based_deduplication = true
  kms_master_key_id           = aws_kms_key.events_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["arn:aws:sqs:eu-west-1:111122223333:HeadgateEvents-ordered-orders.fifo"]
  })
}

resource "aws_sqs_queue_policy" "events_ordered_orders_dead_letters_queue_policy" {
  queue_url = aws_sqs_queue.events_ordered_orders_dead_letters_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_ordered_orders_dead_letters_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_ordered_orders_dead_letters_depth_alarm" {
  alarm_description = "Messages of ordered-orders that failed 3 times. Runbook: SSM document ${aws_ssm_document.events_runbook_document.name}, Action RedriveAll, QueueArn ${aws_sqs_queue.events_ordered_orders_dead_letters_queue.arn}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.events_ordered_orders_dead_letters_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-ordered-orders-dead-letters-depth-alarm"
}

resource "aws_sqs_queue" "events_ordered_orders_queue" {
  name                        = "HeadgateEvents-ordered-orders.fifo"
  visibility_timeout_seconds  = 180
  message_retention_seconds   = 1209600
  fifo_queue                  = true
  content_based_deduplication = true
  kms_master_key_id           = aws_kms_key.events_key.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.events_ordered_orders_dead_letters_queue.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue_policy" "events_ordered_orders_queue_policy" {
  queue_url = aws_sqs_queue.events_ordered_orders_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_ordered_orders_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_ordered_orders_age_alarm" {
  alarm_description = "The oldest message of ordered-orders waits for more than five minutes"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.events_ordered_orders_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 300
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-ordered-orders-age-alarm"
}

resource "aws_sqs_queue" "events_audit_dead_letters_queue" {
  tags = {
    runbook = aws_ssm_document.events_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.events_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["arn:aws:sqs:eu-west-1:111122223333:HeadgateEvents-audit"]
  })
}

resource "aws_sqs_queue_policy" "events_audit_dead_letters_queue_policy" {
  queue_url = aws_sqs_queue.events_audit_dead_letters_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_audit_dead_letters_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_audit_dead_letters_depth_alarm" {
  alarm_description = "Messages of audit that failed 3 times. Runbook: SSM document ${aws_ssm_document.events_runbook_document.name}, Action RedriveAll, QueueArn ${aws_sqs_queue.events_audit_dead_letters_queue.arn}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.events_audit_dead_letters_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-audit-dead-letters-depth-alarm"
}

resource "aws_sqs_queue" "events_audit_queue" {
  name                       = "HeadgateEvents-audit"
  visibility_timeout_seconds = 180
  message_retention_seconds  = 1209600
  kms_master_key_id          = aws_kms_key.events_key.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.events_audit_dead_letters_queue.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue_policy" "events_audit_queue_policy" {
  queue_url = aws_sqs_queue.events_audit_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_audit_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_sns_topic.events_announcements.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "sns.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_audit_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_audit_age_alarm" {
  alarm_description = "The oldest message of audit waits for more than five minutes"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.events_audit_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 300
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-audit-age-alarm"
}

resource "aws_sqs_queue" "events_undelivered_announcements_queue" {
  tags = {
    runbook = aws_ssm_document.events_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.events_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "events_undelivered_announcements_queue_policy" {
  queue_url = aws_sqs_queue.events_undelivered_announcements_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.events_undelivered_announcements_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_sns_topic.events_announcements.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "sns.amazonaws.com"
        }
        Resource = aws_sqs_queue.events_undelivered_announcements_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "events_undelivered_announcements_depth_alarm" {
  alarm_description = "Announcements that no queue took. Runbook: SSM document ${aws_ssm_document.events_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.events_undelivered_announcements_queue.id}, SourceQueueUrl ${aws_sqs_queue.events_audit_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.events_undelivered_announcements_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-undelivered-announcements-depth-alarm"
}

resource "aws_sns_topic_subscription" "events_audit_subscription" {
  topic_arn = aws_sns_topic.events_announcements.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.events_audit_queue.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.events_undelivered_announcements_queue.arn
  })
  raw_message_delivery = true
}

resource "aws_cloudwatch_log_group" "events_ingest_upload_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.events_key.arn
}

resource "aws_iam_role_policy" "events_ingest_upload_role" {
  role = aws_iam_role.events_ingest_upload_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.events_ingest_upload_logs.arn
      },
      {
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
      {
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Effect   = "Allow"
        Resource = ["arn:aws:ec2:eu-west-1:111122223333:network-interface/*", "arn:aws:ec2:eu-west-1:111122223333:security-group/*", "arn:aws:ec2:eu-west-1:111122223333:subnet/*"]
      },
      {
        Action   = "ec2:DeleteNetworkInterface"
        Effect   = "Allow"
        Resource = "arn:aws:ec2:eu-west-1:111122223333:*/*"
      },
      {
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
        Condition = {
          ArnLike = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:*:111122223333:function:*"
          }
        }
        Effect   = "Deny"
        Resource = "*"
      },
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = "sqs:SendMessage"
        Effect   = "Allow"
        Resource = [aws_sqs_queue.events_failures_queue.arn, aws_sqs_queue.events_ordered_orders_queue.arn]
      },
      {
        Action   = "events:PutEvents"
        Effect   = "Allow"
        Resource = aws_cloudwatch_event_bus.events_bus.arn
      },
      {
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_idempotency.arn
      },
      {
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Effect   = "Allow"
        Resource = "${aws_s3_bucket.events_uploads.arn}/*"
      },
      {
        Action = "kms:GenerateDataKey"
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:purpose" = "order-personal-data"
          }
        }
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_personal_data_key.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "events_ingest_upload_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_lambda_function" "events_ingest_upload_function" {
  role                           = aws_iam_role.events_ingest_upload_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 60
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "55bea12038d936d7e0adb09625f562788ebb0d7e29af595a8cdc1b31a3132787.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.events_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 10
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "ingest-upload"
      POWERTOOLS_METRICS_NAMESPACE = "Headgate/Orders"
      POWERTOOLS_LOG_LEVEL         = "INFO"
      AWS_RETRY_MODE               = "standard"
      AWS_MAX_ATTEMPTS             = "3"
      ORDER_QUEUE_URL              = aws_sqs_queue.events_ordered_orders_queue.id
      PERSONAL_DATA_KEY_ARN        = aws_kms_key.foundation_personal_data_key.arn
      IDEMPOTENCY_TABLE            = aws_dynamodb_table.events_idempotency.name
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_function_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.events_ingest_upload_logs.name
  }
  function_name = "events-ingest-upload-function"
}

resource "aws_lambda_function_recursion_config" "events_ingest_upload_function" {
  function_name  = aws_lambda_function.events_ingest_upload_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_function_event_invoke_config" "events_ingest_upload_function_event_invoke_config" {
  function_name                = aws_lambda_function.events_ingest_upload_function.function_name
  qualifier                    = "$LATEST"
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 7200
  destination_config {
    on_failure {
      destination = aws_sqs_queue.events_failures_queue.arn
    }
    on_success {
      destination = aws_cloudwatch_event_bus.events_bus.arn
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "events_ingest_upload_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of ingest-upload fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "expr_1"
    expression  = "100 * errors / MAX([invocations, 1])"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_ingest_upload_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_ingest_upload_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "events-ingest-upload-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "events_ingest_upload_throttle_alarm" {
  alarm_description = "ingest-upload needs more than its 10 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.events_ingest_upload_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-ingest-upload-throttle-alarm"
}

resource "aws_cloudwatch_event_rule" "events_forward_uploads" {
  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created", "Object Deleted"]
    detail = {
      bucket = {
        name = [aws_s3_bucket.events_uploads.bucket]
      }
    }
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "events_forward_uploads" {
  rule      = aws_cloudwatch_event_rule.events_forward_uploads.name
  target_id = "Target0"
  arn       = aws_cloudwatch_event_bus.events_bus.arn
  role_arn  = aws_iam_role.events_forward_uploads_events_role.arn
  dead_letter_config {
    arn = aws_sqs_queue.events_undelivered_queue.arn
  }
  retry_policy {
    maximum_retry_attempts       = 8
    maximum_event_age_in_seconds = 7200
  }
}

resource "aws_iam_role" "events_forward_uploads_events_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role_policy" "events_forward_uploads_events_role_default_policy_policy" {
  role = aws_iam_role.events_forward_uploads_events_role.name
  name = "EventsForwardUploadsEventsRoleDefaultPolicyBEF37678"
  policy = jsonencode({
    Statement = [
      {
        Action   = "events:PutEvents"
        Effect   = "Allow"
        Resource = aws_cloudwatch_event_bus.events_bus.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_event_rule" "events_uploaded_orders" {
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created", "Object Deleted"]
    detail = {
      bucket = {
        name = [aws_s3_bucket.events_uploads.bucket]
      }
    }
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "events_uploaded_orders" {
  rule           = aws_cloudwatch_event_rule.events_uploaded_orders.name
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  target_id      = "Target0"
  arn            = aws_lambda_function.events_ingest_upload_function.arn
  dead_letter_config {
    arn = aws_sqs_queue.events_undelivered_queue.arn
  }
  retry_policy {
    maximum_retry_attempts       = 8
    maximum_event_age_in_seconds = 7200
  }
}

resource "aws_lambda_permission" "events_uploaded_orders_allow_event_rule_headgate_events_ingest_upload_function_e982_b6_a3" {
  function_name = aws_lambda_function.events_ingest_upload_function.arn
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.events_uploaded_orders.arn
}

resource "aws_cloudwatch_log_group" "events_record_order_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.events_key.arn
}

resource "aws_iam_role_policy" "events_record_order_role" {
  role = aws_iam_role.events_record_order_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.events_record_order_logs.arn
      },
      {
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
      {
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Effect   = "Allow"
        Resource = ["arn:aws:ec2:eu-west-1:111122223333:network-interface/*", "arn:aws:ec2:eu-west-1:111122223333:security-group/*", "arn:aws:ec2:eu-west-1:111122223333:subnet/*"]
      },
      {
        Action   = "ec2:DeleteNetworkInterface"
        Effect   = "Allow"
        Resource = "arn:aws:ec2:eu-west-1:111122223333:*/*"
      },
      {
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
        Condition = {
          ArnLike = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:*:111122223333:function:*"
          }
        }
        Effect   = "Deny"
        Resource = "*"
      },
      {
        Action   = "kms:Decrypt"
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = "dynamodb:PutItem"
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_orders.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.events_ordered_orders_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "events_record_order_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_lambda_function" "events_record_order_function" {
  role                           = aws_iam_role.events_record_order_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 30
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "490693479b8fcd7f790c22e729a93f3d5fb341a01e6c1dafff20bf06a0386dfa.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.events_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 10
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "record-order"
      POWERTOOLS_METRICS_NAMESPACE = "Headgate/Orders"
      POWERTOOLS_LOG_LEVEL         = "INFO"
      AWS_RETRY_MODE               = "standard"
      AWS_MAX_ATTEMPTS             = "3"
      ORDERS_TABLE                 = aws_dynamodb_table.events_orders.name
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_function_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.events_record_order_logs.name
  }
  function_name = "events-record-order-function"
}

resource "aws_lambda_function_recursion_config" "events_record_order_function" {
  function_name  = aws_lambda_function.events_record_order_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_event_source_mapping" "events_record_order_function_ordered_orders_mapping" {
  event_source_arn        = aws_sqs_queue.events_ordered_orders_queue.arn
  function_name           = aws_lambda_function.events_record_order_function.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 5
  }
}

resource "aws_cloudwatch_metric_alarm" "events_record_order_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of record-order fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "expr_1"
    expression  = "100 * errors / MAX([invocations, 1])"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_record_order_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_record_order_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "events-record-order-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "events_record_order_throttle_alarm" {
  alarm_description = "record-order needs more than its 10 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.events_record_order_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-record-order-throttle-alarm"
}

resource "aws_cloudwatch_log_group" "events_release_due_orders_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.events_key.arn
}

resource "aws_iam_role_policy" "events_release_due_orders_role" {
  role = aws_iam_role.events_release_due_orders_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.events_release_due_orders_logs.arn
      },
      {
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
      {
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Effect   = "Allow"
        Resource = ["arn:aws:ec2:eu-west-1:111122223333:network-interface/*", "arn:aws:ec2:eu-west-1:111122223333:security-group/*", "arn:aws:ec2:eu-west-1:111122223333:subnet/*"]
      },
      {
        Action   = "ec2:DeleteNetworkInterface"
        Effect   = "Allow"
        Resource = "arn:aws:ec2:eu-west-1:111122223333:*/*"
      },
      {
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
        Condition = {
          ArnLike = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:*:111122223333:function:*"
          }
        }
        Effect   = "Deny"
        Resource = "*"
      },
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = "sqs:SendMessage"
        Effect   = "Allow"
        Resource = aws_sqs_queue.events_failures_queue.arn
      },
      {
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_idempotency.arn
      },
      {
        Action   = "dynamodb:Query"
        Effect   = "Allow"
        Resource = "${aws_dynamodb_table.events_orders.arn}/index/byStatusAndDue"
      },
      {
        Action   = "dynamodb:UpdateItem"
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_orders.arn
      },
      {
        Action   = "sns:Publish"
        Effect   = "Allow"
        Resource = aws_sns_topic.events_announcements.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "events_release_due_orders_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_lambda_function" "events_release_due_orders_function" {
  role                           = aws_iam_role.events_release_due_orders_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 60
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "3f8c7000b038511851d5cd146ef9cba2a7f36337371f07ed90f66ea6078d287d.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.events_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 1
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "release-due-orders"
      POWERTOOLS_METRICS_NAMESPACE = "Headgate/Orders"
      POWERTOOLS_LOG_LEVEL         = "INFO"
      AWS_RETRY_MODE               = "standard"
      AWS_MAX_ATTEMPTS             = "3"
      ORDERS_TABLE                 = aws_dynamodb_table.events_orders.name
      DUE_INDEX                    = "byStatusAndDue"
      TOPIC_ARN                    = aws_sns_topic.events_announcements.arn
      IDEMPOTENCY_TABLE            = aws_dynamodb_table.events_idempotency.name
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_function_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.events_release_due_orders_logs.name
  }
  function_name = "events-release-due-orders-function"
}

resource "aws_lambda_function_recursion_config" "events_release_due_orders_function" {
  function_name  = aws_lambda_function.events_release_due_orders_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_function_event_invoke_config" "events_release_due_orders_function_event_invoke_config" {
  function_name                = aws_lambda_function.events_release_due_orders_function.function_name
  qualifier                    = "$LATEST"
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 7200
  destination_config {
    on_failure {
      destination = aws_sqs_queue.events_failures_queue.arn
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "events_release_due_orders_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of release-due-orders fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "expr_1"
    expression  = "100 * errors / MAX([invocations, 1])"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_release_due_orders_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_release_due_orders_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "events-release-due-orders-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "events_release_due_orders_throttle_alarm" {
  alarm_description = "release-due-orders needs more than its 1 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.events_release_due_orders_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-release-due-orders-throttle-alarm"
}

resource "aws_cloudwatch_event_rule" "events_schedule" {
  schedule_expression = "cron(0/5 * * * ? *)"
  state               = "ENABLED"
}

resource "aws_cloudwatch_event_target" "events_schedule" {
  rule      = aws_cloudwatch_event_rule.events_schedule.name
  target_id = "Target0"
  arn       = aws_lambda_function.events_release_due_orders_function.arn
  dead_letter_config {
    arn = aws_sqs_queue.events_undelivered_queue.arn
  }
  retry_policy {
    maximum_retry_attempts       = 8
    maximum_event_age_in_seconds = 7200
  }
}

resource "aws_lambda_permission" "events_schedule_allow_event_rule_headgate_events_release_due_orders_function_b15968_aa" {
  function_name = aws_lambda_function.events_release_due_orders_function.arn
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.events_schedule.arn
}

resource "aws_cloudwatch_log_group" "events_start_fulfilment_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.events_key.arn
}

resource "aws_iam_role_policy" "events_start_fulfilment_role" {
  role = aws_iam_role.events_start_fulfilment_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.events_start_fulfilment_logs.arn
      },
      {
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
      {
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Effect   = "Allow"
        Resource = ["arn:aws:ec2:eu-west-1:111122223333:network-interface/*", "arn:aws:ec2:eu-west-1:111122223333:security-group/*", "arn:aws:ec2:eu-west-1:111122223333:subnet/*"]
      },
      {
        Action   = "ec2:DeleteNetworkInterface"
        Effect   = "Allow"
        Resource = "arn:aws:ec2:eu-west-1:111122223333:*/*"
      },
      {
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
        Condition = {
          ArnLike = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:*:111122223333:function:*"
          }
        }
        Effect   = "Deny"
        Resource = "*"
      },
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = "sqs:SendMessage"
        Effect   = "Allow"
        Resource = aws_sqs_queue.events_failures_queue.arn
      },
      {
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_idempotency.arn
      },
      {
        Action   = "states:StartExecution"
        Effect   = "Allow"
        Resource = aws_sfn_state_machine.events_fulfilment_state_machine.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "events_start_fulfilment_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_lambda_function" "events_start_fulfilment_function" {
  role                           = aws_iam_role.events_start_fulfilment_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 10
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "b03e7fe0509aa44fb48bf7071f74d21abfdfec3debfec9a1d600f6d6bbae270f.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.events_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 10
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "start-fulfilment"
      POWERTOOLS_METRICS_NAMESPACE = "Headgate/Orders"
      POWERTOOLS_LOG_LEVEL         = "INFO"
      AWS_RETRY_MODE               = "standard"
      AWS_MAX_ATTEMPTS             = "3"
      STATE_MACHINE_ARN            = aws_sfn_state_machine.events_fulfilment_state_machine.arn
      IDEMPOTENCY_TABLE            = aws_dynamodb_table.events_idempotency.name
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_function_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.events_start_fulfilment_logs.name
  }
  function_name = "events-start-fulfilment-function"
}

resource "aws_lambda_function_recursion_config" "events_start_fulfilment_function" {
  function_name  = aws_lambda_function.events_start_fulfilment_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_function_event_invoke_config" "events_start_fulfilment_function_event_invoke_config" {
  function_name                = aws_lambda_function.events_start_fulfilment_function.function_name
  qualifier                    = "$LATEST"
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 7200
  destination_config {
    on_failure {
      destination = aws_sqs_queue.events_failures_queue.arn
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "events_start_fulfilment_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of start-fulfilment fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "expr_1"
    expression  = "100 * errors / MAX([invocations, 1])"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_start_fulfilment_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_start_fulfilment_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "events-start-fulfilment-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "events_start_fulfilment_throttle_alarm" {
  alarm_description = "start-fulfilment needs more than its 10 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.events_start_fulfilment_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-start-fulfilment-throttle-alarm"
}

resource "aws_cloudwatch_event_rule" "events_accepted_orders" {
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  event_pattern = jsonencode({
    source        = ["headgate.orders"]
    "detail-type" = ["order.accepted"]
    detail = {
      orderId = [
        {
          exists = true
        },
      ]
      items = {
        quantity = [
          {
            numeric = [">", 0]
          },
        ]
      }
    }
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "events_accepted_orders" {
  rule           = aws_cloudwatch_event_rule.events_accepted_orders.name
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  target_id      = "Target0"
  arn            = aws_lambda_function.events_start_fulfilment_function.arn
  dead_letter_config {
    arn = aws_sqs_queue.events_undelivered_queue.arn
  }
  retry_policy {
    maximum_retry_attempts       = 8
    maximum_event_age_in_seconds = 7200
  }
}

resource "aws_lambda_permission" "events_accepted_orders_allow_event_rule_headgate_events_start_fulfilment_function4_d65_f996" {
  function_name = aws_lambda_function.events_start_fulfilment_function.arn
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.events_accepted_orders.arn
}

resource "aws_s3_bucket" "events_audit_trail" {
}

resource "aws_s3_bucket_server_side_encryption_configuration" "events_audit_trail" {
  bucket = aws_s3_bucket.events_audit_trail.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.events_key.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_versioning" "events_audit_trail" {
  bucket = aws_s3_bucket.events_audit_trail.bucket
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "events_audit_trail" {
  bucket                  = aws_s3_bucket.events_audit_trail.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_logging" "events_audit_trail" {
  bucket        = aws_s3_bucket.events_audit_trail.bucket
  target_bucket = aws_s3_bucket.foundation_access_logs.bucket
  target_prefix = "events-audit-trail/"
}

resource "aws_s3_bucket_ownership_controls" "events_audit_trail" {
  bucket = aws_s3_bucket.events_audit_trail.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "events_audit_trail" {
  bucket = aws_s3_bucket.events_audit_trail.bucket
  rule {
    status = "Enabled"
    id     = "rule-1"
  }
}

resource "aws_s3_bucket_policy" "events_audit_trail_policy" {
  bucket = aws_s3_bucket.events_audit_trail.bucket
  policy = jsonencode({
    Statement = [
      {
        Action = "s3:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = [
          aws_s3_bucket.events_audit_trail.arn,
          "${aws_s3_bucket.events_audit_trail.arn}/*",
        ]
      },
      {
        Action = "s3:*"
        Condition = {
          NumericLessThan = {
            "s3:TlsVersion" = 1.2
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = [
          aws_s3_bucket.events_audit_trail.arn,
          "${aws_s3_bucket.events_audit_trail.arn}/*",
        ]
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_log_group" "events_write_audit_trail_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.events_key.arn
}

resource "aws_iam_role_policy" "events_write_audit_trail_role" {
  role = aws_iam_role.events_write_audit_trail_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.events_write_audit_trail_logs.arn
      },
      {
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
      {
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Effect   = "Allow"
        Resource = ["arn:aws:ec2:eu-west-1:111122223333:network-interface/*", "arn:aws:ec2:eu-west-1:111122223333:security-group/*", "arn:aws:ec2:eu-west-1:111122223333:subnet/*"]
      },
      {
        Action   = "ec2:DeleteNetworkInterface"
        Effect   = "Allow"
        Resource = "arn:aws:ec2:eu-west-1:111122223333:*/*"
      },
      {
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
        Condition = {
          ArnLike = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:*:111122223333:function:*"
          }
        }
        Effect   = "Deny"
        Resource = "*"
      },
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.events_key.arn
      },
      {
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.events_idempotency.arn
      },
      {
        Action   = "s3:PutObject"
        Effect   = "Allow"
        Resource = "${aws_s3_bucket.events_audit_trail.arn}/announcements/*"
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.events_audit_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "events_write_audit_trail_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_lambda_function" "events_write_audit_trail_function" {
  role                           = aws_iam_role.events_write_audit_trail_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 30
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "4c9e6ea0087c13b81898bcb5dfe1c503d04f74b259251e9a02aced74b7e0754f.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.events_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 10
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "write-audit-trail"
      POWERTOOLS_METRICS_NAMESPACE = "Headgate/Orders"
      POWERTOOLS_LOG_LEVEL         = "INFO"
      AWS_RETRY_MODE               = "standard"
      AWS_MAX_ATTEMPTS             = "3"
      AUDIT_BUCKET                 = aws_s3_bucket.events_audit_trail.bucket
      IDEMPOTENCY_TABLE            = aws_dynamodb_table.events_idempotency.name
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_function_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.events_write_audit_trail_logs.name
  }
  function_name = "events-write-audit-trail-function"
}

resource "aws_lambda_function_recursion_config" "events_write_audit_trail_function" {
  function_name  = aws_lambda_function.events_write_audit_trail_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_event_source_mapping" "events_write_audit_trail_function_audit_mapping" {
  event_source_arn        = aws_sqs_queue.events_audit_queue.arn
  function_name           = aws_lambda_function.events_write_audit_trail_function.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_cloudwatch_metric_alarm" "events_write_audit_trail_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of write-audit-trail fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "expr_1"
    expression  = "100 * errors / MAX([invocations, 1])"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_write_audit_trail_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.events_write_audit_trail_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "events-write-audit-trail-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "events_write_audit_trail_throttle_alarm" {
  alarm_description = "write-audit-trail needs more than its 10 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.events_write_audit_trail_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "events-write-audit-trail-throttle-alarm"
}

resource "aws_cloudwatch_dashboard" "events_observability_dashboard" {
  dashboard_body = "{\"start\":\"-PT3H\",\"widgets\":[{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"IngestUpload: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_ingest_upload_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.events_ingest_upload_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"IngestUpload: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.events_ingest_upload_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_ingest_upload_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"IngestUpload: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_ingest_upload_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_ingest_upload_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":60000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"RecordOrder: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_record_order_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.events_record_order_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"RecordOrder: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.events_record_order_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_record_order_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"RecordOrder: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_record_order_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_record_order_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":30000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"ReleaseDueOrders: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_release_due_orders_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.events_release_due_orders_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"ReleaseDueOrders: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.events_release_due_orders_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_release_due_orders_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"ReleaseDueOrders: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_release_due_orders_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_release_due_orders_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":60000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":18,\"properties\":{\"view\":\"timeSeries\",\"title\":\"StartFulfilment: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_start_fulfilment_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.events_start_fulfilment_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":18,\"properties\":{\"view\":\"timeSeries\",\"title\":\"StartFulfilment: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.events_start_fulfilment_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_start_fulfilment_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":18,\"properties\":{\"view\":\"timeSeries\",\"title\":\"StartFulfilment: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_start_fulfilment_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_start_fulfilment_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":10000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":24,\"properties\":{\"view\":\"timeSeries\",\"title\":\"WriteAuditTrail: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_write_audit_trail_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.events_write_audit_trail_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":24,\"properties\":{\"view\":\"timeSeries\",\"title\":\"WriteAuditTrail: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.events_write_audit_trail_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.events_write_audit_trail_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":24,\"properties\":{\"view\":\"timeSeries\",\"title\":\"WriteAuditTrail: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_write_audit_trail_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.events_write_audit_trail_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":30000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":30,\"properties\":{\"view\":\"timeSeries\",\"title\":\"OrderedOrders: depth\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.events_ordered_orders_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesNotVisible\",\"QueueName\",\"${aws_sqs_queue.events_ordered_orders_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":30,\"properties\":{\"view\":\"timeSeries\",\"title\":\"OrderedOrders: age of the oldest message, at most 300 s\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateAgeOfOldestMessage\",\"QueueName\",\"${aws_sqs_queue.events_ordered_orders_queue.name}\",{\"stat\":\"Maximum\"}]],\"annotations\":{\"horizontal\":[{\"value\":300,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":30,\"properties\":{\"view\":\"timeSeries\",\"title\":\"OrderedOrders: sent and deleted\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"NumberOfMessagesSent\",\"QueueName\",\"${aws_sqs_queue.events_ordered_orders_queue.name}\",{\"stat\":\"Sum\"}],[\"AWS/SQS\",\"NumberOfMessagesDeleted\",\"QueueName\",\"${aws_sqs_queue.events_ordered_orders_queue.name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":36,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Audit: depth\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.events_audit_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesNotVisible\",\"QueueName\",\"${aws_sqs_queue.events_audit_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":36,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Audit: age of the oldest message, at most 300 s\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateAgeOfOldestMessage\",\"QueueName\",\"${aws_sqs_queue.events_audit_queue.name}\",{\"stat\":\"Maximum\"}]],\"annotations\":{\"horizontal\":[{\"value\":300,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":36,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Audit: sent and deleted\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"NumberOfMessagesSent\",\"QueueName\",\"${aws_sqs_queue.events_audit_queue.name}\",{\"stat\":\"Sum\"}],[\"AWS/SQS\",\"NumberOfMessagesDeleted\",\"QueueName\",\"${aws_sqs_queue.events_audit_queue.name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":12,\"height\":6,\"x\":0,\"y\":42,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Dead letters: anything above 0 is an incident\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.events_undelivered_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.events_failures_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.events_ordered_orders_dead_letters_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.events_audit_dead_letters_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"alarm\",\"width\":12,\"height\":3,\"x\":12,\"y\":42,\"properties\":{\"title\":\"Alarms\",\"alarms\":[\"${aws_cloudwatch_metric_alarm.events_undelivered_depth_alarm.arn}\",\"${aws_cloudwatch_metric_alarm.events_failures_depth_alarm.arn}\",\"${aws_cloudwatch_metric_alarm.events_ordered_orders_dead_letters_depth_alarm.arn}\",\"${aws_cloudwatch_metric_alarm.events_audit_dead_letters_depth_alarm.arn}\"]}}]}"
  dashboard_name = "events-observability-dashboard"
}

resource "aws_cloudwatch_query_definition" "events_observability_errors_query" {
  name            = "HeadgateEvents/errors-by-correlation-id"
  query_string    = "fields @timestamp, service, correlation_id, message, error.name, error.message, xray_trace_id\n| filter level = \"ERROR\"\n| sort @timestamp desc\n| limit 100"
  log_group_names = [aws_cloudwatch_log_group.events_ingest_upload_logs.name, aws_cloudwatch_log_group.events_record_order_logs.name, aws_cloudwatch_log_group.events_release_due_orders_logs.name, aws_cloudwatch_log_group.events_start_fulfilment_logs.name, aws_cloudwatch_log_group.events_write_audit_trail_logs.name]
}

resource "aws_cloudwatch_query_definition" "events_observability_slowest_query" {
  name            = "HeadgateEvents/slowest-invocations"
  query_string    = "fields @timestamp, @log, record.metrics.durationMs, record.metrics.initDurationMs, record.requestId\n| filter type = \"platform.report\"\n| sort record.metrics.durationMs desc\n| limit 50"
  log_group_names = [aws_cloudwatch_log_group.events_ingest_upload_logs.name, aws_cloudwatch_log_group.events_record_order_logs.name, aws_cloudwatch_log_group.events_release_due_orders_logs.name, aws_cloudwatch_log_group.events_start_fulfilment_logs.name, aws_cloudwatch_log_group.events_write_audit_trail_logs.name]
}
