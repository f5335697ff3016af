# retention of dead letters
# verdict: batch.dlq.retention aws_sqs_queue.dlq fail
resource "aws_sqs_queue" "dlq" {
  name                      = "dead-letter-retention-dlq"
  message_retention_seconds = 3600
}
resource "aws_sqs_queue" "q" {
  name                      = "dead-letter-retention"
  message_retention_seconds = 86400
  redrive_policy            = "{\"deadLetterTargetArn\":\"${aws_sqs_queue.dlq.arn}\",\"maxReceiveCount\":4}"
}
resource "aws_sqs_queue_redrive_allow_policy" "dlq" {
  queue_url            = aws_sqs_queue.dlq.id
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.q.arn] })
}
# verdict: batch.dlq.redrive.allow aws_sqs_queue.dlq pass
# verdict: batch.dlq.max-receive-count aws_sqs_queue.q pass
