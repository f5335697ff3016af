# sensitive variable in an environment; moved block
# verdict: all.lambda.no-plaintext-secrets aws_lambda_function.fn fail
variable "token" {
  type      = string
  sensitive = true
  default   = "sk-live-7f3b9c2d1e8a4f6b"
}
moved {
  from = aws_sqs_queue.old
  to   = aws_sqs_queue.new
}
resource "aws_sqs_queue" "new" {}

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
  function_name = "sensitive-and-moved"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"
  environment {
    variables = { API_TOKEN = var.token }
  }
}
