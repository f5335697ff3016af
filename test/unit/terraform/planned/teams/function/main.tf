variable "name" { type = string }
variable "create_dlq" {
  type    = bool
  default = false
}
variable "policy_statements" {
  type    = any
  default = {}
}
locals { create = true }
resource "aws_sqs_queue" "dlq" {
  count = local.create && var.create_dlq ? 1 : 0
  name  = "${var.name}-dlq"
}
data "aws_iam_policy_document" "extra" {
  count = local.create && length(var.policy_statements) > 0 ? 1 : 0
  dynamic "statement" {
    for_each = var.policy_statements
    content {
      sid       = try(statement.value.sid, replace(statement.key, "/[^0-9A-Za-z]*/", ""))
      effect    = try(statement.value.effect, null)
      actions   = try(statement.value.actions, null)
      resources = try(statement.value.resources, null)
      dynamic "condition" {
        for_each = try(statement.value.condition, {})
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
resource "aws_iam_role" "this" {
  count              = local.create ? 1 : 0
  name               = var.name
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_policy" "extra" {
  count  = local.create && length(var.policy_statements) > 0 ? 1 : 0
  name   = "${var.name}-extra"
  policy = data.aws_iam_policy_document.extra[0].json
}
resource "aws_iam_role_policy_attachment" "extra" {
  count      = local.create && length(var.policy_statements) > 0 ? 1 : 0
  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.extra[0].arn
}
resource "aws_lambda_function" "this" {
  count         = local.create ? 1 : 0
  function_name = var.name
  role          = local.create ? aws_iam_role.this[0].arn : ""
  runtime       = "python3.12"
  handler       = "a.b"
  s3_bucket     = "code"
  s3_key        = "a.zip"
  tracing_config { mode = "Active" }
  dynamic "dead_letter_config" {
    for_each = var.create_dlq ? [true] : []
    content { target_arn = aws_sqs_queue.dlq[0].arn }
  }
}
output "function_arn" { value = try(aws_lambda_function.this[0].arn, "") }
output "function_name" { value = try(aws_lambda_function.this[0].function_name, "") }
