# pipes
# verdict: events.rule.target.pipe aws_pipes_pipe.p pass
resource "aws_sqs_queue" "s" {
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.d.arn, maxReceiveCount = 4 })
}
resource "aws_sqs_queue" "d" {}
resource "aws_iam_role" "p" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "pipes.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.p.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.s.arn }, { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.fn.arn }] })
}
resource "aws_pipes_pipe" "p" {
  name     = "pipe"
  role_arn = aws_iam_role.p.arn
  source   = aws_sqs_queue.s.arn
  target   = aws_lambda_function.fn.arn
  source_parameters {
    sqs_queue_parameters { batch_size = 5 }
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
  function_name = "pipe"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}
