# dynamic environment, dynamic dead letter, dynamic vpc
# verdict: all.lambda.async-failure aws_lambda_function.fn pass
# verdict: all.lambda.tracing aws_lambda_function.fn pass
# verdict: all.lambda.no-plaintext-secrets aws_lambda_function.fn fail
variable "dlq" {
  type    = bool
  default = true
}
variable "env" {
  type    = map(string)
  default = { DB_PASSWORD = "hunter2hunter2", LOG_LEVEL = "info" }
}
resource "aws_sqs_queue" "dlq" { name = "dynamic-blocks-dlq" }
resource "aws_iam_role_policy" "send" {
  role   = aws_iam_role.fn.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.dlq.arn }] })
}
resource "aws_sns_topic" "t" { name = "dynamic-blocks" }
resource "aws_sns_topic_subscription" "t" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.fn.arn
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "fn" {
  name_prefix        = "fn-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}
resource "aws_lambda_function" "fn" {
  function_name = "dynamic-blocks"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"
  dynamic "environment" {
    for_each = length(var.env) > 0 ? [1] : []
    content {
      variables = merge(var.env, { QUEUE = aws_sqs_queue.dlq.url })
    }
  }
  dynamic "dead_letter_config" {
    for_each = var.dlq ? [1] : []
    content {
      target_arn = aws_sqs_queue.dlq.arn
    }
  }
  tracing_config {
    mode = var.dlq ? "Active" : "PassThrough"
  }
}
