# state machine with templated definition
# verdict: events.stepfunctions.retry aws_sfn_state_machine.bad fail
# verdict: events.stepfunctions.observability aws_sfn_state_machine.bad fail
resource "aws_iam_role" "sfn" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_sfn_state_machine" "bad" {
  name       = "state-machine"
  role_arn   = aws_iam_role.sfn.arn
  definition = <<EOF
{
  "StartAt": "Call",
  "States": { "Call": { "Type": "Task", "Resource": "${aws_lambda_function.fn.arn}", "End": true } }
}
EOF
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
  function_name = "state-machine"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}
