# SSM parameter in plain text, and one from an attribute
# verdict: more.ssm.secrets aws_ssm_parameter.password fail
# verdict: more.ssm.secrets aws_ssm_parameter.name pass
resource "aws_sqs_queue" "q" {}
resource "aws_ssm_parameter" "password" {
  name  = "/parameters/db-password"
  type  = "String"
  value = "correct-horse-battery"
}
resource "aws_ssm_parameter" "name" {
  name  = "/parameters/queue"
  type  = "String"
  value = aws_sqs_queue.q.url
}
