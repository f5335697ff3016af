# permission for an alias by qualifier, API in front
# verdict: all.lambda.permission aws_lambda_permission.api pass

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
  function_name = "http-api-jwt-alias"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"
  publish       = true
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.fn.function_name
  function_version = aws_lambda_function.fn.version
}
resource "aws_apigatewayv2_api" "api" {
  name          = "http-api-jwt-alias"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "i" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live.invoke_arn
  payload_format_version = "2.0"
}
resource "aws_apigatewayv2_route" "r" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /orders"
  target             = "integrations/${aws_apigatewayv2_integration.i.id}"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.jwt.id
}
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.api.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  name             = "jwt"
  jwt_configuration {
    audience = [aws_cognito_user_pool_client.c.id]
    issuer   = "https://${aws_cognito_user_pool.p.endpoint}"
  }
}
resource "aws_cognito_user_pool" "p" { name = "http-api-jwt-alias" }
resource "aws_cognito_user_pool_client" "c" {
  name         = "http-api-jwt-alias"
  user_pool_id = aws_cognito_user_pool.p.id
}
resource "aws_apigatewayv2_stage" "s" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
  default_route_settings {
    throttling_burst_limit = 50
    throttling_rate_limit  = 100
  }
}
resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.fn.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*/*"
}
# verdict: api.authorizer.present.route aws_apigatewayv2_route.r pass
# verdict: api.authorizer.jwt aws_apigatewayv2_authorizer.jwt pass
# verdict: api.gateway.throttling aws_apigatewayv2_stage.s pass
