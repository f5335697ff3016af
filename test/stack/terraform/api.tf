# API flow: web ACL, REST API on its own domain, user pool, order function.

resource "aws_kms_key" "api_key" {
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
    ]
    Version = "2012-10-17"
  })
  enable_key_rotation     = true
  rotation_period_in_days = 365
}

resource "aws_iam_role" "api_runbook_role" {
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

resource "aws_iam_role_policy" "api_runbook_role_default_policy_policy" {
  role = aws_iam_role.api_runbook_role.name
  name = "ApiRunbookRoleDefaultPolicy42DBCB37"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.api_key.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.api_failures_queue.arn
      },
      {
        Action   = "lambda:InvokeFunction"
        Effect   = "Allow"
        Resource = aws_lambda_alias.api_order_api_live.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_ssm_document" "api_runbook_document" {
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    description   = "# Dead messages of the API flow\n\n1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages\n   with their receive count, age, correlation id and size, never their bodies, and gives them back.\n2. **Find the cause.** Look the correlation ids up with the saved CloudWatch Logs Insights query\n   `<stack>/errors-by-correlation-id`, follow the trace in X-Ray, and see in the dashboard whether the\n   circuit breaker was open. A poison message fails alone; a broken dependency fails all.\n3. **Repair first.** A message that is replayed before the cause is gone comes back after three receives.\n4. **Replay** as the alarm says. `RedriveAll` moves all messages of a work queue back with\n   StartMessageMoveTask, ten a second; SQS does that for dead letters of queues alone. `RetryAll` does for every\n   other queue what its source allows, ten a second: it invokes the function again with the event that failed,\n   redrives the failed execution, delivers the event to its target, or publishes the notification. `RetryOne`\n   does the same for one message, and validates it first. `ReplayArchive` puts archived events on the bus again.\n   Every handler is idempotent: a message that had been handled is answered from its record.\n5. **Watch** the depth and age alarms return to OK, and write down cause and repair."
    assumeRole    = aws_iam_role.api_runbook_role.arn
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
  name = "api-runbook-document"
}

resource "aws_sqs_queue" "api_failures_queue" {
  tags = {
    runbook = aws_ssm_document.api_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.api_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "api_failures_queue_policy" {
  queue_url = aws_sqs_queue.api_failures_queue.id
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
        Resource = aws_sqs_queue.api_failures_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "api_failures_depth_alarm" {
  alarm_description = "Asynchronous invocations of the order function that failed for good. Runbook: SSM document ${aws_ssm_document.api_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.api_failures_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.api_failures_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "api-failures-depth-alarm"
}

resource "aws_dynamodb_table" "api_orders" {
  hash_key = "orderId"
  attribute {
    name = "orderId"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.api_key.arn
  }
  point_in_time_recovery {
    enabled = true
  }
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  name                        = "api-orders"
}

resource "aws_s3_bucket" "api_documents" {
}

resource "aws_s3_bucket_server_side_encryption_configuration" "api_documents" {
  bucket = aws_s3_bucket.api_documents.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.api_key.arn
    }
    bucket_key_enabled = true
  }
}

resource "aws_s3_bucket_versioning" "api_documents" {
  bucket = aws_s3_bucket.api_documents.bucket
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "api_documents" {
  bucket                  = aws_s3_bucket.api_documents.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_logging" "api_documents" {
  bucket        = aws_s3_bucket.api_documents.bucket
  target_bucket = aws_s3_bucket.foundation_access_logs.bucket
  target_prefix = "api-documents/"
}

resource "aws_s3_bucket_ownership_controls" "api_documents" {
  bucket = aws_s3_bucket.api_documents.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "api_documents" {
  bucket = aws_s3_bucket.api_documents.bucket
  rule {
    status = "Enabled"
    id     = "rule-1"
  }
}

resource "aws_s3_bucket_policy" "api_documents_policy" {
  bucket = aws_s3_bucket.api_documents.bucket
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
          aws_s3_bucket.api_documents.arn,
          "${aws_s3_bucket.api_documents.arn}/*",
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
          aws_s3_bucket.api_documents.arn,
          "${aws_s3_bucket.api_documents.arn}/*",
        ]
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_dynamodb_table" "api_idempotency" {
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.api_key.arn
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
  name                        = "api-idempotency"
}

resource "aws_cloudwatch_log_group" "api_order_api_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.api_key.arn
}

resource "aws_iam_role_policy" "api_order_api_role" {
  role = aws_iam_role.api_order_api_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.api_order_api_logs.arn
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
        Resource = [aws_kms_key.api_key.arn, aws_kms_key.batch_key.arn]
      },
      {
        Action   = "sqs:SendMessage"
        Effect   = "Allow"
        Resource = [aws_sqs_queue.api_failures_queue.arn, aws_sqs_queue.batch_orders_queue.arn]
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
        Resource = aws_dynamodb_table.api_orders.arn
      },
      {
        Action   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        Effect   = "Allow"
        Resource = aws_dynamodb_table.api_idempotency.arn
      },
      {
        Action   = "s3:PutObject"
        Effect   = "Allow"
        Resource = "${aws_s3_bucket.api_documents.arn}/orders/*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Condition = {
          StringEquals = {
            "kms:EncryptionContext:purpose" = "order-personal-data"
          }
        }
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_personal_data_key.arn
      },
      {
        Action   = "events:PutEvents"
        Effect   = "Allow"
        Resource = aws_cloudwatch_event_bus.events_bus.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "api_order_api_role" {
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

resource "aws_lambda_function" "api_order_api_function" {
  role                           = aws_iam_role.api_order_api_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 15
  memory_size                    = 1024
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "01ed511ee9776c9f506220adbe4ae96cf4f7e1aba32f038a922f1a06701a8e48.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.api_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 50
  environment {
    variables = {
      AWS_MAX_ATTEMPTS              = "3"
      AWS_RETRY_MODE                = "standard"
      DOCUMENT_BUCKET               = aws_s3_bucket.api_documents.bucket
      EVENT_BUS_NAME                = aws_cloudwatch_event_bus.events_bus.name
      EXTERNAL_API_CALLS_PER_SECOND = "5"
      EXTERNAL_API_CREDENTIALS_ARN  = aws_secretsmanager_secret.external_api_key.arn
      EXTERNAL_API_URL              = "https://pricing.example.com"
      IDEMPOTENCY_TABLE             = aws_dynamodb_table.api_idempotency.name
      ORDERS_TABLE                  = aws_dynamodb_table.api_orders.name
      ORDER_QUEUE_URL               = aws_sqs_queue.batch_orders_queue.id
      PERSONAL_DATA_KEY_ARN         = aws_kms_key.foundation_personal_data_key.arn
      POWERTOOLS_LOG_LEVEL          = "INFO"
      POWERTOOLS_METRICS_NAMESPACE  = "Headgate/Orders"
      POWERTOOLS_SERVICE_NAME       = "order-api"
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
    log_group  = aws_cloudwatch_log_group.api_order_api_logs.name
  }
  publish       = true
  function_name = "api-order-api-function"
}

resource "aws_lambda_function_recursion_config" "api_order_api_function" {
  function_name  = aws_lambda_function.api_order_api_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_alias" "api_order_api_live" {
  name             = "live"
  function_name    = aws_lambda_function.api_order_api_function.function_name
  function_version = aws_lambda_function.api_order_api_function.version
}

resource "aws_lambda_provisioned_concurrency_config" "api_order_api_live" {
  function_name                     = aws_lambda_function.api_order_api_function.function_name
  qualifier                         = aws_lambda_alias.api_order_api_live.name
  provisioned_concurrent_executions = 2
}

resource "aws_lambda_function_event_invoke_config" "api_order_api_live_event_invoke_config" {
  function_name                = aws_lambda_function.api_order_api_function.function_name
  qualifier                    = "live"
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 7200
  destination_config {
    on_failure {
      destination = aws_sqs_queue.api_failures_queue.arn
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "api_order_api_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of order-api fail"
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
        FunctionName = aws_lambda_function.api_order_api_function.function_name
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
        FunctionName = aws_lambda_function.api_order_api_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "api-order-api-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "api_order_api_throttle_alarm" {
  alarm_description = "order-api needs more than its 50 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.api_order_api_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "api-order-api-throttle-alarm"
}

resource "aws_cloudwatch_log_group" "api_access_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.api_key.arn
}

resource "aws_iam_role" "api_cloud_watch_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "apigateway.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role_policy_attachment" "api_cloud_watch_role" {
  role       = aws_iam_role.api_cloud_watch_role.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "api_account" {
  cloudwatch_role_arn = aws_iam_role.api_cloud_watch_role.arn
}

resource "aws_api_gateway_deployment" "api_deployment_fe1_e7282497628cb01c4177b26fbc3d25de906e2" {
  rest_api_id = aws_api_gateway_rest_api.api.id
}

resource "aws_api_gateway_stage" "api_deployment_stagelive" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  stage_name           = "live"
  deployment_id        = aws_api_gateway_deployment.api_deployment_fe1_e7282497628cb01c4177b26fbc3d25de906e2.id
  xray_tracing_enabled = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api_access_logs.arn
    format          = "{\"requestId\":\"$context.requestId\",\"extendedRequestId\":\"$context.extendedRequestId\",\"traceId\":\"$context.xrayTraceId\",\"time\":\"$context.requestTime\",\"sourceIp\":\"$context.identity.sourceIp\",\"subject\":\"$context.authorizer.claims.sub\",\"apiKeyId\":\"$context.identity.apiKeyId\",\"method\":\"$context.httpMethod\",\"resource\":\"$context.resourcePath\",\"status\":\"$context.status\",\"latency\":\"$context.responseLatency\",\"integrationLatency\":\"$context.integrationLatency\",\"wafStatus\":\"$context.waf.status\",\"authorizerError\":\"$context.authorizer.error\",\"error\":\"$context.error.message\",\"tlsVersion\":\"$context.tlsVersion\",\"cipherSuite\":\"$context.cipherSuite\"}"
  }
}

resource "aws_api_gateway_method_settings" "api_deployment_stagelive" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.api_deployment_stagelive.stage_name
  method_path = "*/*"
  settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 200
    logging_level          = "ERROR"
    data_trace_enabled     = false
    metrics_enabled        = true
    cache_data_encrypted   = true
  }
}

resource "aws_api_gateway_request_validator" "api_validator" {
  rest_api_id                 = aws_api_gateway_rest_api.api.id
  validate_request_body       = true
  validate_request_parameters = true
  name                        = "api-validator"
}

resource "aws_api_gateway_model" "api_order" {
  rest_api_id  = aws_api_gateway_rest_api.api.id
  name         = "Order"
  content_type = "application/json"
  schema = jsonencode({
    "$schema"            = "http://json-schema.org/draft-04/schema#"
    type                 = "object"
    required             = ["customer", "items", "currency"]
    additionalProperties = false
    properties = {
      customer = {
        type                 = "object"
        required             = ["name", "email"]
        additionalProperties = false
        properties = {
          name = {
            type      = "string"
            minLength = 1
            maxLength = 200
          }
          email = {
            type      = "string"
            minLength = 3
            maxLength = 320
            pattern   = "^[^@ ]+@[^@ ]+$"
          }
          address = {
            type      = "string"
            maxLength = 500
          }
        }
      }
      items = {
        type     = "array"
        minItems = 1
        maxItems = 100
        items = {
          type                 = "object"
          required             = ["sku", "quantity"]
          additionalProperties = false
          properties = {
            sku = {
              type    = "string"
              pattern = "^[A-Z0-9-]{1,40}$"
            }
            quantity = {
              type    = "integer"
              minimum = 1
              maximum = 1000
            }
          }
        }
      }
      currency = {
        type    = "string"
        pattern = "^[A-Z]{3}$"
      }
      dueAt = {
        type      = "string"
        maxLength = 40
      }
    }
  })
}

resource "aws_api_gateway_usage_plan" "api_usage_plan" {
  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = aws_api_gateway_stage.api_deployment_stagelive.stage_name
  }
  quota_settings {
    limit  = 100000
    period = "DAY"
  }
  throttle_settings {
    rate_limit  = 50
    burst_limit = 100
  }
  name = "api-usage-plan"
}

resource "aws_api_gateway_usage_plan_key" "api_usage_plan_usage_plan_key_resource_headgate_api_first_client_fd6_b2_cae" {
  key_id        = aws_api_gateway_api_key.api_first_client.id
  usage_plan_id = aws_api_gateway_usage_plan.api_usage_plan.id
  key_type      = "API_KEY"
}

resource "aws_api_gateway_api_key" "api_first_client" {
  enabled = true
  name    = "api-first-client"
}

resource "aws_cognito_user_pool" "api_clients_pool" {
  deletion_protection = "ACTIVE"
  password_policy {
    minimum_length    = 14
    require_lowercase = true
    require_uppercase = true
    require_numbers   = true
    require_symbols   = true
  }
  mfa_configuration = "ON"
  name              = "api-clients-pool"
}

resource "aws_cognito_user_pool_client" "api_clients_pool_client" {
  user_pool_id                         = aws_cognito_user_pool.api_clients_pool.id
  generate_secret                      = false
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid", "orders/read", "orders/write"]
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  name                                 = "api-clients-pool-client"
}

resource "aws_api_gateway_authorizer" "api_authorizer" {
  name                             = "HeadgateApiAuthorizerAB334087"
  rest_api_id                      = aws_api_gateway_rest_api.api.id
  type                             = "COGNITO_USER_POOLS"
  identity_source                  = "method.request.header.Authorization"
  provider_arns                    = [aws_cognito_user_pool.api_clients_pool.arn]
  authorizer_result_ttl_in_seconds = 300
}

resource "aws_api_gateway_domain_name" "api_domain" {
  domain_name              = "orders.example.com"
  regional_certificate_arn = aws_acm_certificate.certificate.arn
  security_policy          = "TLS_1_2"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "api_domain_map_headgate_api6_f6_c8_cc8" {
  api_id      = aws_api_gateway_rest_api.api.id
  domain_name = aws_api_gateway_domain_name.api_domain.domain_name
  stage_name  = aws_api_gateway_stage.api_deployment_stagelive.stage_name
}

resource "aws_wafv2_ip_set" "api_web_acl_blocked_addresses" {
  scope              = "REGIONAL"
  addresses          = []
  ip_address_version = "IPV4"
  name               = "api-web-acl-blocked-addresses"
}

resource "aws_wafv2_web_acl" "api_web_acl" {
  scope = "REGIONAL"
  rule {
    action {
      block {
      }
    }
    name     = "BlockedAddresses"
    priority = 0
    statement {
      ip_set_reference_statement {
        arn = aws_wafv2_ip_set.api_web_acl_blocked_addresses.arn
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "BlockedAddresses"
      sampled_requests_enabled   = true
    }
  }
  rule {
    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }
    name     = "RateLimit"
    priority = 1
    statement {
      rate_based_statement {
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
        limit                 = 2000
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "RateLimit"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name = "AWSManagedRulesAmazonIpReputationList"
    override_action {
      none {
      }
    }
    priority = 2
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesAmazonIpReputationList"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "AWSManagedRulesAmazonIpReputationList"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name = "AWSManagedRulesKnownBadInputsRuleSet"
    override_action {
      none {
      }
    }
    priority = 3
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "AWSManagedRulesKnownBadInputsRuleSet"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name = "AWSManagedRulesCommonRuleSet"
    override_action {
      none {
      }
    }
    priority = 4
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "AWSManagedRulesCommonRuleSet"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name = "AWSManagedRulesSQLiRuleSet"
    override_action {
      none {
      }
    }
    priority = 5
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesSQLiRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "AWSManagedRulesSQLiRuleSet"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "WebAcl"
    sampled_requests_enabled   = true
  }
  default_action {
    allow {
    }
  }
  name = "api-web-acl"
}

resource "aws_cloudwatch_log_group" "api_web_acl_logs" {
  name              = "aws-waf-logs-HeadgateApiWebAclF8D561BB"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.api_key.arn
}

resource "aws_wafv2_web_acl_logging_configuration" "api_web_acl_logging" {
  resource_arn = aws_wafv2_web_acl.api_web_acl.arn
  log_destination_configs = [
    "arn:aws:logs:eu-west-1:111122223333:log-group:${aws_cloudwatch_log_group.api_web_acl_logs.name}",
  ]
}

resource "aws_wafv2_web_acl_association" "api_web_acl_association" {
  resource_arn = "arn:aws:apigateway:eu-west-1::/restapis/${aws_api_gateway_rest_api.api.id}/stages/${aws_api_gateway_stage.api_deployment_stagelive.stage_name}"
  web_acl_arn  = aws_wafv2_web_acl.api_web_acl.arn
}

resource "aws_cloudwatch_metric_alarm" "api_server_error_alarm" {
  alarm_description = "More than 1 % of the requests end in 5xx"
  namespace         = "AWS/ApiGateway"
  metric_name       = "5XXError"
  dimensions = {
    ApiName = "Api"
    Stage   = aws_api_gateway_stage.api_deployment_stagelive.stage_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.01
  evaluation_periods  = 1
  period              = 300
  statistic           = "Average"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "api-server-error-alarm"
}

resource "aws_cloudwatch_metric_alarm" "api_latency_alarm" {
  alarm_description = "One request in a hundred takes over 3 seconds"
  namespace         = "AWS/ApiGateway"
  metric_name       = "Latency"
  dimensions = {
    ApiName = "Api"
    Stage   = aws_api_gateway_stage.api_deployment_stagelive.stage_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3000
  evaluation_periods  = 1
  period              = 300
  extended_statistic  = "p99"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "api-latency-alarm"
}

resource "aws_cloudwatch_dashboard" "api_observability_dashboard" {
  dashboard_body = "{\"start\":\"-PT3H\",\"widgets\":[{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"OrderApi: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.api_order_api_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.api_order_api_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"OrderApi: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.api_order_api_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.api_order_api_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"OrderApi: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.api_order_api_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.api_order_api_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":15000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":12,\"height\":6,\"x\":0,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Dead letters: anything above 0 is an incident\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.api_failures_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"alarm\",\"width\":12,\"height\":3,\"x\":12,\"y\":6,\"properties\":{\"title\":\"Alarms\",\"alarms\":[\"${aws_cloudwatch_metric_alarm.api_failures_depth_alarm.arn}\"]}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"API: server errors, at most 1 %\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/ApiGateway\",\"5XXError\",\"ApiName\",\"Api\",\"Stage\",\"${aws_api_gateway_stage.api_deployment_stagelive.stage_name}\"]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"API: p99 latency, at most 3 s\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/ApiGateway\",\"Latency\",\"ApiName\",\"Api\",\"Stage\",\"${aws_api_gateway_stage.api_deployment_stagelive.stage_name}\",{\"stat\":\"p99\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":12,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Orders accepted (business)\",\"region\":\"eu-west-1\",\"metrics\":[[\"Headgate/Orders\",\"OrderAccepted\",\"service\",\"order-api\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}}]}"
  dashboard_name = "api-observability-dashboard"
}

resource "aws_cloudwatch_query_definition" "api_observability_errors_query" {
  name            = "HeadgateApi/errors-by-correlation-id"
  query_string    = "fields @timestamp, service, correlation_id, message, error.name, error.message, xray_trace_id\n| filter level = \"ERROR\"\n| sort @timestamp desc\n| limit 100"
  log_group_names = [aws_cloudwatch_log_group.api_order_api_logs.name]
}

resource "aws_cloudwatch_query_definition" "api_observability_slowest_query" {
  name            = "HeadgateApi/slowest-invocations"
  query_string    = "fields @timestamp, @log, record.metrics.durationMs, record.metrics.initDurationMs, record.requestId\n| filter type = \"platform.report\"\n| sort record.metrics.durationMs desc\n| limit 50"
  log_group_names = [aws_cloudwatch_log_group.api_order_api_logs.name]
}

resource "aws_cognito_user_pool_domain" "sign_in" {
  domain       = "orders-111122223333"
  user_pool_id = aws_cognito_user_pool.api_clients_pool.id
}

resource "aws_cognito_resource_server" "orders" {
  identifier   = "orders"
  name         = "orders"
  user_pool_id = aws_cognito_user_pool.api_clients_pool.id
  scope {
    scope_name        = "read"
    scope_description = "See orders"
  }
  scope {
    scope_name        = "write"
    scope_description = "Place orders"
  }
}

resource "aws_route53_record" "api" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "orders.example.com"
  type    = "A"
  alias {
    name                   = aws_api_gateway_domain_name.api_domain.regional_domain_name
    zone_id                = aws_api_gateway_domain_name.api_domain.regional_zone_id
    evaluate_target_health = false
  }
}
