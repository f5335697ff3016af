# scheduler
# verdict: events.rule.target.schedule aws_scheduler_schedule.s pass
resource "aws_iam_role" "s" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "scheduler.amazonaws.com" }, Action = "sts:AssumeRole" }] })
  inline_policy {
    name   = "call"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["lambda:InvokeFunction", "sqs:SendMessage"], Resource = [aws_lambda_function.fn.arn, aws_sqs_queue.dlq.arn] }] })
  }
}
resource "aws_sqs_queue" "dlq" { name = "schedule-dlq" }
resource "aws_scheduler_schedule" "s" {
  name                = "schedule"
  schedule_expression = "rate(1 hour)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = aws_lambda_function.fn.arn
    role_arn = aws_iam_role.s.arn
    dead_letter_config { arn = aws_sqs_queue.dlq.arn }
    retry_policy { maximum_retry_attempts = 3 }
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
  function_name = "schedule"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}
