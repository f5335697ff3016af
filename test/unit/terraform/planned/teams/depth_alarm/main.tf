# dashboards and depth alarm by name of the queue
# verdict: all.alarm.dlq-depth aws_sqs_queue.dlq pass
# verdict: all.alarm.dlq-depth aws_sqs_queue.dlq2 fail
resource "aws_sns_topic" "ops" { name = "depth-alarm" }
resource "aws_sqs_queue" "dlq" {}
resource "aws_sqs_queue" "dlq2" { name = "depth-alarm-dlq2" }
resource "aws_sqs_queue" "q" {
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn, maxReceiveCount = 4 })
}
resource "aws_sqs_queue" "q2" {
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq2.arn, maxReceiveCount = 4 })
}
resource "aws_cloudwatch_metric_alarm" "depth" {
  alarm_name          = "depth-alarm"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dlq.name }
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.ops.arn]
}
