# role with statements that are too wide, through for expressions
# verdict: more.role.service-wildcards aws_lambda_function.fn fail

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
  function_name = "policy-by-for"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}

variable "actions" { default = ["s3", "dynamodb"] }
resource "aws_iam_policy" "p" {
  name = "policy-by-for"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for s in var.actions : { Effect = "Allow", Action = "${s}:*", Resource = "*" }]
  })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.fn.name
  policy_arn = aws_iam_policy.p.arn
}
