# event source mapping with filters, partial failures and destination
# verdict: batch.mapping.partial-failure aws_lambda_event_source_mapping.sqs pass
# verdict: batch.mapping.partial-failure aws_lambda_event_source_mapping.bad fail
# verdict: batch.queue.visibility-timeout aws_sqs_queue.q pass
# verdict: batch.queue.visibility-timeout aws_sqs_queue.short fail
locals { timeout = 30 }
resource "aws_sqs_queue" "q" { visibility_timeout_seconds = local.timeout * 6 }
resource "aws_sqs_queue" "short" { visibility_timeout_seconds = 30 }

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
  function_name = "event-source-mappings"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"
  timeout       = local.timeout
}

resource "aws_lambda_event_source_mapping" "sqs" {
  event_source_arn        = aws_sqs_queue.q.arn
  function_name           = aws_lambda_function.fn.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  filter_criteria {
    filter { pattern = jsonencode({ body = { kind = ["order"] } }) }
  }
}
resource "aws_lambda_event_source_mapping" "bad" {
  event_source_arn = aws_sqs_queue.short.arn
  function_name    = aws_lambda_function.fn.function_name
}
