# module in the style of public ones, with for_each over it
# verdict: all.lambda.tracing module.fn["good"].aws_lambda_function.this[0] pass
# verdict: more.role.service-wildcards module.fn["wide"].aws_lambda_function.this[0] fail
# verdict: all.lambda.permission.role module.fn["good"].aws_lambda_function.this[0] pass
resource "aws_dynamodb_table" "t" {
  name         = "function-module"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
module "fn" {
  source = "../function"
  for_each = {
    good = { read = { effect = "Allow", actions = ["dynamodb:GetItem"], resources = [aws_dynamodb_table.t.arn] } }
    wide = { all = { effect = "Allow", actions = ["dynamodb:*"], resources = ["*"] } }
  }
  name              = "function-module-${each.key}"
  create_dlq        = each.key == "good"
  policy_statements = each.value
}
