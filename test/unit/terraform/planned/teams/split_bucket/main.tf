# split bucket resources
# verdict: api.s3.encryption aws_s3_bucket.b pass
# verdict: api.s3.versioning aws_s3_bucket.b pass
# verdict: api.s3.public-access aws_s3_bucket.b pass
# verdict: api.s3.tls aws_s3_bucket.b pass
# verdict: api.s3.versioning aws_s3_bucket.bad fail
# verdict: api.s3.public-access aws_s3_bucket.bad fail
# verdict: api.s3.tls aws_s3_bucket.bad fail
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_s3_bucket" "b" { bucket_prefix = "split-bucket-" }
resource "aws_s3_bucket" "bad" { bucket = "split-bucket-bad" }
resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "bad" {
  bucket = aws_s3_bucket.bad.bucket
  versioning_configuration { status = "Suspended" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_public_access_block" "bad" {
  bucket            = aws_s3_bucket.bad.id
  block_public_acls = true
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
