# private REST API with a policy of its own resource
# verdict: more.private-api.policy aws_api_gateway_rest_api.open fail
# verdict: more.private-api.policy aws_api_gateway_rest_api.closed pass
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc_endpoint" "e" {
  vpc_id            = aws_vpc.v.id
  service_name      = "com.amazonaws.eu-west-1.execute-api"
  vpc_endpoint_type = "Interface"
}
resource "aws_api_gateway_rest_api" "open" {
  name = "private-api-open"
  endpoint_configuration { types = ["PRIVATE"] }
}
resource "aws_api_gateway_rest_api_policy" "open" {
  rest_api_id = aws_api_gateway_rest_api.open.id
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.open.execution_arn}/*" }] })
}
resource "aws_api_gateway_rest_api" "closed" {
  name = "private-api-closed"
  endpoint_configuration {
    types            = ["PRIVATE"]
    vpc_endpoint_ids = [aws_vpc_endpoint.e.id]
  }
}
data "aws_iam_policy_document" "closed" {
  statement {
    actions   = ["execute-api:Invoke"]
    resources = ["${aws_api_gateway_rest_api.closed.execution_arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = [aws_vpc_endpoint.e.id]
    }
  }
}
resource "aws_api_gateway_rest_api_policy" "closed" {
  rest_api_id = aws_api_gateway_rest_api.closed.id
  policy      = data.aws_iam_policy_document.closed.json
}
