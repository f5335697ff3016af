# bucket with ACL, logging, eventbridge
# verdict: api.s3.public-access aws_s3_bucket.b fail
resource "aws_s3_bucket" "b" { bucket = "bucket-acl" }
resource "aws_s3_bucket_ownership_controls" "o" {
  bucket = aws_s3_bucket.b.id
  rule { object_ownership = "BucketOwnerPreferred" }
}
resource "aws_s3_bucket_public_access_block" "p" {
  bucket = aws_s3_bucket.b.id
}
resource "aws_s3_bucket_acl" "a" {
  bucket     = aws_s3_bucket.b.id
  acl        = "public-read"
  depends_on = [aws_s3_bucket_ownership_controls.o]
}
