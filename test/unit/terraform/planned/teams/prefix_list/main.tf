# prefix list that lets everything out
# verdict: all.lambda.security-groups aws_lambda_function.fn fail
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_ec2_managed_prefix_list" "all" {
  name           = "prefix-list"
  address_family = "IPv4"
  max_entries    = 1
  entry { cidr = "0.0.0.0/0" }
}
resource "aws_security_group" "fn" { vpc_id = aws_vpc.v.id }
resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.fn.id
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  prefix_list_ids   = [aws_ec2_managed_prefix_list.all.id]
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
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
  function_name = "prefix-list"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"
  vpc_config {
    subnet_ids         = [aws_subnet.s.id]
    security_group_ids = [aws_security_group.fn.id]
  }
}
