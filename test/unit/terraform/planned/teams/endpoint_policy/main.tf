# endpoint policies and service names
# verdict: all.vpce.policy aws_vpc_endpoint.open fail
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_vpc_endpoint" "open" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.dynamodb"
}
