# dynamodb with pitr, kms, and a table without
# verdict: api.dynamodb.pitr aws_dynamodb_table.good pass
# verdict: api.dynamodb.pitr aws_dynamodb_table.bad fail
# verdict: api.dynamodb.encryption aws_dynamodb_table.good pass
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_dynamodb_table" "good" {
  name         = "tables-good"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.k.arn
  }
  point_in_time_recovery { enabled = true }
  lifecycle { prevent_destroy = true }
}
resource "aws_dynamodb_table" "bad" {
  name         = "tables-bad"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
