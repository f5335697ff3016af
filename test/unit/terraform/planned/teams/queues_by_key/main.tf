# for_each queues with dead letters of the same key
# verdict: batch.dlq.max-receive-count aws_sqs_queue.q["a"] pass
# verdict: batch.dlq.max-receive-count aws_sqs_queue.q["b"] fail
locals { queues = { a = 5, b = 50 } }
resource "aws_sqs_queue" "dlq" {
  for_each = local.queues
  name     = "queues-by-key-${each.key}-dlq"
}
resource "aws_sqs_queue" "q" {
  for_each = local.queues
  name     = "queues-by-key-${each.key}"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dlq[each.key].arn
    maxReceiveCount     = each.value
  })
}
