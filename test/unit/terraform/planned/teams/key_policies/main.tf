# key policies
# verdict: all.kms.rotation aws_kms_key.good pass
# verdict: all.kms.rotation aws_kms_key.bad fail
# verdict: all.kms.policy aws_kms_key.open fail
resource "aws_kms_key" "good" { enable_key_rotation = true }
resource "aws_kms_key" "bad" {}
resource "aws_kms_key" "open" {
  enable_key_rotation = true
}
resource "aws_kms_key_policy" "open" {
  key_id = aws_kms_key.open.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*" }] })
}
