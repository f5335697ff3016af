# kinesis stream mapping with on-failure
# verdict: batch.mapping.partial-failure.stream aws_lambda_event_source_mapping.k pass
# verdict: more.kinesis.encryption aws_kinesis_stream.s fail
resource "aws_kinesis_stream" "s" {
  name        = "stream-mapping"
  shard_count = 1
}
resource "aws_sqs_queue" "dlq" { name = "stream-mapping-dlq" }
resource "aws_iam_role_policy" "send" {
  role   = aws_iam_role.fn.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.dlq.arn }, { Effect = "Allow", Action = ["kinesis:Get*", "kinesis:List*", "kinesis:Describe*"], Resource = aws_kinesis_stream.s.arn }] })
}
resource "aws_lambda_event_source_mapping" "k" {
  event_source_arn               = aws_kinesis_stream.s.arn
  function_name                  = aws_lambda_function.fn.arn
  starting_position              = "LATEST"
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = 3
  maximum_record_age_in_seconds  = 3600
  function_response_types        = ["ReportBatchItemFailures"]
  destination_config {
    on_failure { destination_arn = aws_sqs_queue.dlq.arn }
  }
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
  function_name = "stream-mapping"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}
