# The orders API of orders-api.yaml in Terraform, with the same faults, each marked with "!".
# Try it: npx headgate scan examples/orders-api.plan.json --sources examples
# The plan beside it is what `terraform show -json` printed for: terraform plan -out=tfplan -var alarm_topic_arn=...

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "stage" {
  type    = string
  default = "prod"
}

variable "payment_api_key" {
  type      = string
  sensitive = true
}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}

# --- the way in -------------------------------------------------------------------------------

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
  # ! No security policy: a regional REST API then accepts TLS 1.0.
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  parent_id   = aws_api_gateway_rest_api.orders.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "create" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  resource_id = aws_api_gateway_resource.orders.id
  http_method = "POST"
  # ! An API key is not authorization. ! Nothing validates the body.
  authorization    = "NONE"
  api_key_required = true
}

resource "aws_api_gateway_integration" "create" {
  rest_api_id             = aws_api_gateway_rest_api.orders.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = aws_api_gateway_method.create.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_alias.live.invoke_arn
}

resource "aws_api_gateway_deployment" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  depends_on  = [aws_api_gateway_integration.create]
}

# ! No web ACL is associated with this stage.
resource "aws_api_gateway_stage" "orders" {
  rest_api_id          = aws_api_gateway_rest_api.orders.id
  deployment_id        = aws_api_gateway_deployment.orders.id
  stage_name           = var.stage
  xray_tracing_enabled = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = "{\"requestId\":\"$context.requestId\",\"ip\":\"$context.identity.sourceIp\",\"status\":\"$context.status\"}"
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  stage_name  = aws_api_gateway_stage.orders.stage_name
  method_path = "*/*"
  settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 50
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "orders-access"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_api_gateway_usage_plan" "orders" {
  name = "orders"
  api_stages {
    api_id = aws_api_gateway_rest_api.orders.id
    stage  = aws_api_gateway_stage.orders.stage_name
  }
  throttle_settings {
    rate_limit  = 50
    burst_limit = 20
  }
  quota_settings {
    limit  = 100000
    period = "DAY"
  }
}

resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.orders.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.orders.execution_arn}/*"
}

# --- the functions behind it ------------------------------------------------------------------

resource "aws_iam_role" "orders" {
  name = "orders"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.orders.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "tracing" {
  role       = aws_iam_role.orders.name
  policy_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["dynamodb:PutItem", "dynamodb:GetItem"]
    resources = [aws_dynamodb_table.orders.arn]
  }
  statement {
    actions   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.shipments.arn]
  }
}

resource "aws_iam_role_policy" "orders" {
  name   = "orders"
  role   = aws_iam_role.orders.id
  policy = data.aws_iam_policy_document.orders.json
}

# ! Outside of any VPC. ! No code signing: whatever is uploaded runs.
resource "aws_lambda_function" "orders" {
  function_name                  = "orders-${var.stage}"
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  role                           = aws_iam_role.orders.arn
  s3_bucket                      = "orders-artifacts"
  s3_key                         = "orders.zip"
  timeout                        = 20
  publish                        = true
  reserved_concurrent_executions = 20
  kms_key_arn                    = aws_kms_key.data.arn
  tracing_config {
    mode = "Active"
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.orders.name
  }
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "orders"
      POWERTOOLS_METRICS_NAMESPACE = "Shop"
      TABLE                        = aws_dynamodb_table.orders.name
      # ! A secret belongs into Secrets Manager.
      PAYMENT_API_KEY = var.payment_api_key
    }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.orders.function_name
  function_version = aws_lambda_function.orders.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  function_name                     = aws_lambda_alias.live.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = 2
}

resource "aws_cloudwatch_log_group" "orders" {
  name              = "/aws/lambda/orders-${var.stage}"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  attribute {
    name = "id"
    type = "S"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  # ! Encrypted with a key of the service, not with the data key.
}

# --- the batch behind it ----------------------------------------------------------------------

resource "aws_sqs_queue" "dead_letters" {
  name                      = "shipments-dead-letters"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.data.arn
  tags                      = { runbook = "https://wiki.example.com/runbooks/shipments" }
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.shipments.arn]
  })
}

resource "aws_sqs_queue" "shipments" {
  name                      = "shipments"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.data.arn
  # ! Six times the consumer's 60 s are 360 s: messages come back while they are still worked on.
  visibility_timeout_seconds = 60
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 3
  })
}

data "aws_iam_policy_document" "tls" {
  statement {
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "tls" {
  for_each = {
    shipments    = aws_sqs_queue.shipments.id
    dead_letters = aws_sqs_queue.dead_letters.id
  }
  queue_url = each.value
  policy    = data.aws_iam_policy_document.tls.json
}

# ! One bad message makes the whole batch fail: no ReportBatchItemFailures.
resource "aws_lambda_event_source_mapping" "shipments" {
  event_source_arn = aws_sqs_queue.shipments.arn
  function_name    = aws_lambda_function.shipments.arn
  batch_size       = 10
  scaling_config {
    maximum_concurrency = 10
  }
}

# ! Outside of any VPC, unsigned, and on a runtime that gets no more patches.
resource "aws_lambda_function" "shipments" {
  function_name                  = "shipments-${var.stage}"
  runtime                        = "python3.9"
  handler                        = "app.handler"
  role                           = aws_iam_role.orders.arn
  s3_bucket                      = "orders-artifacts"
  s3_key                         = "shipments.zip"
  timeout                        = 60
  reserved_concurrent_executions = 10
  kms_key_arn                    = aws_kms_key.data.arn
  tracing_config {
    mode = "Active"
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.shipments.name
  }
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "shipments"
      POWERTOOLS_METRICS_NAMESPACE = "Shop"
    }
  }
}

resource "aws_cloudwatch_log_group" "shipments" {
  name              = "/aws/lambda/shipments-${var.stage}"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.data.arn
}

# --- who is told ------------------------------------------------------------------------------

variable "alarm_topic_arn" {
  type        = string
  description = "Topic that alarms notify"
}

# ! No alarm on the age of the oldest message: a consumer that falls behind goes unseen.
resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "shipments-dead-letters"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  alarm_actions       = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_query_definition" "errors" {
  name            = "orders/errors"
  log_group_names = [aws_cloudwatch_log_group.orders.name, aws_cloudwatch_log_group.shipments.name]
  query_string    = "fields @timestamp, @message | filter level = \"ERROR\""
}

resource "aws_cloudwatch_dashboard" "health" {
  dashboard_name = "orders"
  dashboard_body = jsonencode({
    widgets = [{
      type = "metric"
      properties = {
        region = "eu-west-1"
        metrics = [
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.shipments.name],
          ["AWS/Lambda", "Duration", "FunctionName", aws_lambda_function.shipments.function_name],
          ["AWS/Lambda", "Errors", "FunctionName", aws_lambda_function.shipments.function_name],
        ]
      }
    }]
  })
}
