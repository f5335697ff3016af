# function URL without authorization
# verdict: api.authorizer.present.function-url aws_lambda_function_url.u fail

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
  function_name = "open-function-url"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}

resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.fn.function_name
  authorization_type = "NONE"
  cors {
    allow_origins     = ["*"]
    allow_credentials = true
  }
}
resource "aws_lambda_permission" "u" {
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.fn.function_name
  principal              = "*"
  function_url_auth_type = "NONE"
}
# verdict: more.function-url.cors aws_lambda_function_url.u fail
