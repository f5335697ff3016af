# log group by the name of the function
# verdict: all.lambda.log-group aws_lambda_function.fn pass

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
  function_name = "log-group-of-function"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}

resource "aws_kms_key" "k" {}
resource "aws_cloudwatch_log_group" "l" {
  name              = "/aws/lambda/${aws_lambda_function.fn.function_name}"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.k.arn
}
