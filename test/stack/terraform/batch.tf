# Batch flow: order queue, function, tables, audit trail.

resource "aws_kms_key" "batch_key" {
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
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
  enable_key_rotation     = true
  rotation_period_in_days = 365
}

resource "aws_iam_role" "batch_runbook_role" {
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

resource "aws_iam_role_policy" "batch_runbook_role_default_policy_policy" {
  role = aws_iam_role.batch_runbook_role.name
  name = "BatchRunbookRoleDefaultPolicy1C5D8A27"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.batch_key.arn
      },
      {
        Action   = ["sqs:CancelMessageMoveTask", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage", "sqs:StartMessageMoveTask"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.batch_orders_dead_letters_queue.arn
      },
      {
        Action   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.batch_orders_queue.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.batch_undelivered_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_ssm_document" "batch_runbook_document" {
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    description   = "# Dead messages of the batch flow\n\n1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages\n   with their receive count, age, correlation id and size, never their bodies, and gives them back.\n2. **Find the cause.** Look the correlation ids up with the saved CloudWatch Logs Insights query\n   `<stack>/errors-by-correlation-id`, follow the trace in X-Ray, and see in the dashboard whether the\n   circuit breaker was open. A poison message fails alone; a broken dependency fails all.\n3. **Repair first.** A message that is replayed before the cause is gone comes back after three receives.\n4. **Replay** as the alarm says. `RedriveAll` moves all messages of a work queue back with\n   StartMessageMoveTask, ten a second; SQS does that for dead letters of queues alone. `RetryAll` does for every\n   other queue what its source allows, ten a second: it invokes the function again with the event that failed,\n   redrives the failed execution, delivers the event to its target, or publishes the notification. `RetryOne`\n   does the same for one message, and validates it first. `ReplayArchive` puts archived events on the bus again.\n   Every handler is idempotent: a message that had been handled is answered from its record.\n5. **Watch** the depth and age alarms return to OK, and write down cause and repair."
    assumeRole    = aws_iam_role.batch_runbook_role.arn
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
  name = "batch-runbook-document"
}

resource "aws_sqs_queue" "batch_orders_dead_letters_queue" {
  tags = {
    runbook = aws_ssm_document.batch_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.batch_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["arn:aws:sqs:eu-west-1:111122223333:HeadgateBatch-orders"]
  })
}

resource "aws_sqs_queue_policy" "batch_orders_dead_letters_queue_policy" {
  queue_url = aws_sqs_queue.batch_orders_dead_letters_queue.id
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
        Resource = aws_sqs_queue.batch_orders_dead_letters_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "batch_orders_dead_letters_depth_alarm" {
  alarm_description = "Messages of orders that failed 3 times. Runbook: SSM document ${aws_ssm_document.batch_runbook_document.name}, Action RedriveAll, QueueArn ${aws_sqs_queue.batch_orders_dead_letters_queue.arn}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.batch_orders_dead_letters_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "batch-orders-dead-letters-depth-alarm"
}

resource "aws_sqs_queue" "batch_orders_queue" {
  name                       = "HeadgateBatch-orders"
  visibility_timeout_seconds = 185
  message_retention_seconds  = 1209600
  kms_master_key_id          = aws_kms_key.batch_key.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.batch_orders_dead_letters_queue.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue_policy" "batch_orders_queue_policy" {
  queue_url = aws_sqs_queue.batch_orders_queue.id
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
        Resource = aws_sqs_queue.batch_orders_queue.arn
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
        Resource = aws_sqs_queue.batch_orders_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.batch_payments.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.batch_orders_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "batch_orders_age_alarm" {
  alarm_description = "The oldest message of orders waits for more than five minutes"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.batch_orders_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 300
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "batch-orders-age-alarm"
}

resource "aws_dynamodb_table" "batch_processed" {
  hash_key = "orderId"
  attribute {
    name = "orderId"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.batch_key.arn
  }
  point_in_time_recovery {
    enabled = true
  }
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  name                        = "batch-processed"
}

resource "aws_s3_bucket" "batch_audit_trail" {
}

resource "aws_s3_bucket_server_side_encryption_configuration" "batch_audit_trail" {
  bucket = aws_s3_bucket.batch_audit_trail.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.batch_key.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_versioning" "batch_audit_trail" {
  bucket = aws_s3_bucket.batch_audit_trail.bucket
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "batch_audit_trail" {
  bucket                  = aws_s3_bucket.batch_audit_trail.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_logging" "batch_audit_trail" {
  bucket        = aws_s3_bucket.batch_audit_trail.bucket
  target_bucket = aws_s3_bucket.foundation_access_logs.bucket
  target_prefix = "batch-audit-trail/"
}

resource "aws_s3_bucket_ownership_controls" "batch_audit_trail" {
  bucket = aws_s3_bucket.batch_audit_trail.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "batch_audit_trail" {
  bucket = aws_s3_bucket.batch_audit_trail.bucket
  rule {
    status = "Enabled"
    id     = "rule-1"
  }
}

resource "aws_s3_bucket_policy" "batch_audit_trail_policy" {
  bucket = aws_s3_bucket.batch_audit_trail.bucket
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
          aws_s3_bucket.batch_audit_trail.arn,
          "${aws_s3_bucket.batch_audit_trail.arn}/*",
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
          aws_s3_bucket.batch_audit_trail.arn,
          "${aws_s3_bucket.batch_audit_trail.arn}/*",
        ]
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_dynamodb_table" "batch_idempotency" {
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.batch_key.arn
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
  name                        = "batch-idempotency"
}

resource "aws_cloudwatch_log_group" "batch_process_orders_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.batch_key.arn
}

resource "aws_iam_role_policy" "batch_process_orders_role" {
  role = aws_iam_role.batch_process_orders_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.batch_process_orders_logs.arn
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
        Resource = aws_kms_key.batch_key.arn
      },
      {
        Action   = "secretsmanager:GetSecretValue"
        Effect   = "Allow"
        Resource = aws_secretsmanager_secret.external_api_key.arn
      },
      {
        Action = "kms:Decrypt"
        Condition = {
          StringEquals = {
            "kms:ViaService" = "secretsmanager.eu-west-1.amazonaws.com"
          }
        }
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_key.arn
      },
      {
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.batch_processed.arn
      },
      {
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.batch_idempotency.arn
      },
      {
        Action   = "s3:PutObject"
        Effect   = "Allow"
        Resource = "${aws_s3_bucket.batch_audit_trail.arn}/processed/*"
      },
      {
        Action = "kms:Decrypt"
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:purpose" = "order-personal-data"
          }
        }
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_personal_data_key.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.batch_orders_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "batch_process_orders_role" {
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

resource "aws_lambda_function" "batch_process_orders_function" {
  role                           = aws_iam_role.batch_process_orders_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 30
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "f371baca44117a05d2e07bdfaf969931e6ca7b2a7091641eb7ea60c1cadc19a2.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.batch_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 20
  environment {
    variables = {
      AUDIT_BUCKET                  = aws_s3_bucket.batch_audit_trail.bucket
      AWS_MAX_ATTEMPTS              = "3"
      AWS_RETRY_MODE                = "standard"
      EXTERNAL_API_CALLS_PER_SECOND = "5"
      EXTERNAL_API_CREDENTIALS_ARN  = aws_secretsmanager_secret.external_api_key.arn
      EXTERNAL_API_URL              = "https://pricing.example.com"
      IDEMPOTENCY_TABLE             = aws_dynamodb_table.batch_idempotency.name
      PERSONAL_DATA_KEY_ARN         = aws_kms_key.foundation_personal_data_key.arn
      POWERTOOLS_LOG_LEVEL          = "INFO"
      POWERTOOLS_METRICS_NAMESPACE  = "Headgate/Orders"
      POWERTOOLS_SERVICE_NAME       = "process-orders"
      PROCESSED_TABLE               = aws_dynamodb_table.batch_processed.name
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_egress_subnet1_subnet.id, aws_subnet.foundation_network_vpc_egress_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_egress_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.batch_process_orders_logs.name
  }
  publish       = true
  function_name = "batch-process-orders-function"
}

resource "aws_lambda_function_recursion_config" "batch_process_orders_function" {
  function_name  = aws_lambda_function.batch_process_orders_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_alias" "batch_process_orders_live" {
  name             = "live"
  function_name    = aws_lambda_function.batch_process_orders_function.function_name
  function_version = aws_lambda_function.batch_process_orders_function.version
}

resource "aws_lambda_provisioned_concurrency_config" "batch_process_orders_live" {
  function_name                     = aws_lambda_function.batch_process_orders_function.function_name
  qualifier                         = aws_lambda_alias.batch_process_orders_live.name
  provisioned_concurrent_executions = 2
}

resource "aws_lambda_event_source_mapping" "batch_process_orders_live_orders_mapping" {
  event_source_arn                   = aws_sqs_queue.batch_orders_queue.arn
  function_name                      = aws_lambda_alias.batch_process_orders_live.arn
  batch_size                         = 10
  maximum_batching_window_in_seconds = 5
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 10
  }
}

resource "aws_cloudwatch_metric_alarm" "batch_process_orders_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of process-orders fail"
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
        FunctionName = aws_lambda_function.batch_process_orders_function.function_name
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
        FunctionName = aws_lambda_function.batch_process_orders_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "batch-process-orders-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "batch_process_orders_throttle_alarm" {
  alarm_description = "process-orders needs more than its 20 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.batch_process_orders_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "batch-process-orders-throttle-alarm"
}

resource "aws_sqs_queue" "batch_undelivered_queue" {
  tags = {
    runbook = aws_ssm_document.batch_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.batch_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "batch_undelivered_queue_policy" {
  queue_url = aws_sqs_queue.batch_undelivered_queue.id
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
        Resource = aws_sqs_queue.batch_undelivered_queue.arn
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
        Resource = aws_sqs_queue.batch_undelivered_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.batch_payments.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = aws_sqs_queue.batch_undelivered_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "batch_undelivered_depth_alarm" {
  alarm_description = "Messages of topics and buses that did not reach the order queue. Runbook: SSM document ${aws_ssm_document.batch_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.batch_undelivered_queue.id}, SourceQueueUrl ${aws_sqs_queue.batch_orders_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.batch_undelivered_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "batch-undelivered-depth-alarm"
}

resource "aws_sns_topic_subscription" "batch_subscription0" {
  topic_arn = aws_sns_topic.events_announcements.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.batch_orders_queue.arn
  filter_policy = jsonencode({
    type = ["order.due"]
  })
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.batch_undelivered_queue.arn
  })
  raw_message_delivery = true
}

resource "aws_cloudwatch_event_rule" "batch_payments" {
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  event_pattern = jsonencode({
    source        = ["headgate.payments"]
    "detail-type" = ["payment.captured"]
    detail = {
      orderId = [
        {
          exists = true
        },
      ]
    }
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "batch_payments" {
  rule           = aws_cloudwatch_event_rule.batch_payments.name
  event_bus_name = aws_cloudwatch_event_bus.events_bus.name
  target_id      = "Target0"
  arn            = aws_sqs_queue.batch_orders_queue.arn
  dead_letter_config {
    arn = aws_sqs_queue.batch_undelivered_queue.arn
  }
  retry_policy {
    maximum_retry_attempts       = 8
    maximum_event_age_in_seconds = 7200
  }
  input_path = "$.detail"
}

resource "aws_cloudwatch_dashboard" "batch_observability_dashboard" {
  dashboard_body = "{\"start\":\"-PT3H\",\"widgets\":[{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"ProcessOrders: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.batch_process_orders_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.batch_process_orders_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"ProcessOrders: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.batch_process_orders_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.batch_process_orders_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"ProcessOrders: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.batch_process_orders_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.batch_process_orders_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":30000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Orders: depth\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.batch_orders_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesNotVisible\",\"QueueName\",\"${aws_sqs_queue.batch_orders_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Orders: age of the oldest message, at most 300 s\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateAgeOfOldestMessage\",\"QueueName\",\"${aws_sqs_queue.batch_orders_queue.name}\",{\"stat\":\"Maximum\"}]],\"annotations\":{\"horizontal\":[{\"value\":300,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Orders: sent and deleted\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"NumberOfMessagesSent\",\"QueueName\",\"${aws_sqs_queue.batch_orders_queue.name}\",{\"stat\":\"Sum\"}],[\"AWS/SQS\",\"NumberOfMessagesDeleted\",\"QueueName\",\"${aws_sqs_queue.batch_orders_queue.name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":12,\"height\":6,\"x\":0,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Dead letters: anything above 0 is an incident\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.batch_orders_dead_letters_queue.name}\",{\"stat\":\"Maximum\"}],[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.batch_undelivered_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"alarm\",\"width\":12,\"height\":3,\"x\":12,\"y\":12,\"properties\":{\"title\":\"Alarms\",\"alarms\":[\"${aws_cloudwatch_metric_alarm.batch_orders_dead_letters_depth_alarm.arn}\",\"${aws_cloudwatch_metric_alarm.batch_undelivered_depth_alarm.arn}\"]}},{\"type\":\"metric\",\"width\":24,\"height\":6,\"x\":0,\"y\":18,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Orders settled and refused (business), circuit openings\",\"region\":\"eu-west-1\",\"metrics\":[[\"Headgate/Orders\",\"OrderProcessed\",\"service\",\"process-orders\",{\"stat\":\"Sum\"}],[\"Headgate/Orders\",\"OrderRejected\",\"service\",\"process-orders\",{\"stat\":\"Sum\"}],[\"Headgate/Orders\",\"CircuitOpened\",\"service\",\"process-orders\",{\"stat\":\"Sum\",\"yAxis\":\"right\"}]],\"yAxis\":{}}}]}"
  dashboard_name = "batch-observability-dashboard"
}

resource "aws_cloudwatch_query_definition" "batch_observability_errors_query" {
  name            = "HeadgateBatch/errors-by-correlation-id"
  query_string    = "fields @timestamp, service, correlation_id, message, error.name, error.message, xray_trace_id\n| filter level = \"ERROR\"\n| sort @timestamp desc\n| limit 100"
  log_group_names = [aws_cloudwatch_log_group.batch_process_orders_logs.name]
}

resource "aws_cloudwatch_query_definition" "batch_observability_slowest_query" {
  name            = "HeadgateBatch/slowest-invocations"
  query_string    = "fields @timestamp, @log, record.metrics.durationMs, record.metrics.initDurationMs, record.requestId\n| filter type = \"platform.report\"\n| sort record.metrics.durationMs desc\n| limit 50"
  log_group_names = [aws_cloudwatch_log_group.batch_process_orders_logs.name]
}
