# queue encryption: default, off, kms
# verdict: batch.queue.encryption aws_sqs_queue.default pass
# verdict: batch.queue.encryption aws_sqs_queue.off fail
# verdict: batch.queue.encryption aws_sqs_queue.kms pass
resource "aws_sqs_queue" "default" {}
resource "aws_sqs_queue" "off" { sqs_managed_sse_enabled = false }
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_kms_alias" "k" {
  name          = "alias/queue-encryption"
  target_key_id = aws_kms_key.k.id
}
resource "aws_sqs_queue" "kms" { kms_master_key_id = aws_kms_alias.k.name }
