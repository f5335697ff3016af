# sns fan-out with for_each subscriptions
# verdict: events.sns.fan-out aws_sns_topic.t pass
# verdict: events.sns.encryption aws_sns_topic.plain fail
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_sns_topic" "t" {
  name              = "fan-out"
  kms_master_key_id = aws_kms_key.k.id
}
resource "aws_sns_topic" "plain" { name = "fan-out-plain" }
resource "aws_sns_topic_subscription" "plain" {
  topic_arn = aws_sns_topic.plain.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.q["a"].arn
}
resource "aws_sqs_queue" "q" {
  for_each = toset(["a", "b"])
  name     = "fan-out-${each.key}"
}
resource "aws_sns_topic_subscription" "s" {
  for_each  = aws_sqs_queue.q
  topic_arn = aws_sns_topic.t.arn
  protocol  = "sqs"
  endpoint  = each.value.arn
}
