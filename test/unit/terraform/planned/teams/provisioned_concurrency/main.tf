# provisioned concurrency on an alias, reserved concurrency
# verdict: all.lambda.reserved-concurrency aws_lambda_function.fn pass

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
  function_name                  = "provisioned-concurrency"
  role                           = aws_iam_role.fn.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  s3_bucket                      = "code"
  s3_key                         = "fn.zip"
  publish                        = true
  reserved_concurrent_executions = 20
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.fn.arn
  function_version = aws_lambda_function.fn.version
}
resource "aws_lambda_provisioned_concurrency_config" "p" {
  function_name                     = aws_lambda_alias.live.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = 5
}
resource "aws_appautoscaling_target" "t" {
  max_capacity       = 10
  min_capacity       = 1
  resource_id        = "function:${aws_lambda_function.fn.function_name}:${aws_lambda_alias.live.name}"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  service_namespace  = "lambda"
}
