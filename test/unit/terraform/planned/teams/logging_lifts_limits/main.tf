# method settings that lift the limits of the stage
# verdict: api.gateway.throttling aws_api_gateway_stage.s fail
resource "aws_api_gateway_rest_api" "api" {
  name = "logging-lifts-limits"
  body = jsonencode({ openapi = "3.0.1", info = { title = "x", version = "1" }, paths = { "/a" = { get = { "x-amazon-apigateway-integration" = { type = "mock" } } } } })
}
resource "aws_api_gateway_deployment" "d" { rest_api_id = aws_api_gateway_rest_api.api.id }
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.d.id
  stage_name    = "live"
}
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.s.stage_name
  method_path = "*/*"
  settings { logging_level = "INFO" }
}
