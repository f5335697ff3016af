# secret with rotation, secret without
# verdict: api.secrets.rotation aws_secretsmanager_secret.good pass
# verdict: api.secrets.rotation aws_secretsmanager_secret.bad fail
# verdict: api.secrets.kms aws_secretsmanager_secret.good pass
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_secretsmanager_secret" "good" {
  name_prefix = "secrets-"
  kms_key_id  = aws_kms_key.k.arn
}
resource "aws_secretsmanager_secret" "bad" { name = "secrets-bad" }
resource "aws_secretsmanager_secret_rotation" "r" {
  secret_id           = aws_secretsmanager_secret.good.id
  rotation_lambda_arn = aws_lambda_function.fn.arn
  rotation_rules { automatically_after_days = 30 }
}
resource "aws_lambda_permission" "sm" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.fn.function_name
  principal     = "secretsmanager.amazonaws.com"
  source_arn    = aws_secretsmanager_secret.good.arn
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
  function_name = "secrets"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}
