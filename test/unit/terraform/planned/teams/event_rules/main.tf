# event rule, target, dlq, permission
# verdict: events.rule.dlq aws_cloudwatch_event_rule.r pass
# verdict: events.rule.dlq aws_cloudwatch_event_rule.bad fail
# verdict: all.lambda.permission aws_lambda_permission.p["r"] pass
resource "aws_cloudwatch_event_bus" "b" { name = "event-rules" }
resource "aws_cloudwatch_event_rule" "r" {
  name           = "event-rules"
  event_bus_name = aws_cloudwatch_event_bus.b.name
  event_pattern  = jsonencode({ source = ["shop"], detail-type = ["order"] })
}
resource "aws_cloudwatch_event_rule" "bad" {
  name           = "event-rules-bad"
  event_bus_name = aws_cloudwatch_event_bus.b.name
  event_pattern  = jsonencode({ source = ["shop"] })
}
resource "aws_sqs_queue" "dlq" { name = "event-rules-dlq" }
data "aws_iam_policy_document" "dlq" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dlq.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.r.arn]
    }
  }
}
resource "aws_sqs_queue_policy" "dlq" {
  queue_url = aws_sqs_queue.dlq.id
  policy    = data.aws_iam_policy_document.dlq.json
}
resource "aws_cloudwatch_event_target" "t" {
  rule           = aws_cloudwatch_event_rule.r.name
  event_bus_name = aws_cloudwatch_event_bus.b.name
  arn            = aws_lambda_function.fn.arn
  dead_letter_config { arn = aws_sqs_queue.dlq.arn }
}
resource "aws_cloudwatch_event_target" "bad" {
  rule           = aws_cloudwatch_event_rule.bad.name
  event_bus_name = aws_cloudwatch_event_bus.b.name
  arn            = aws_lambda_function.fn.arn
}
resource "aws_lambda_permission" "p" {
  for_each      = { r = aws_cloudwatch_event_rule.r.arn, bad = aws_cloudwatch_event_rule.bad.arn }
  statement_id  = each.key
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.fn.function_name
  principal     = "events.amazonaws.com"
  source_arn    = each.value
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
  function_name = "event-rules"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}
