# REST API with everything split
# verdict: api.gateway.access-logs aws_api_gateway_stage.s pass
# verdict: api.gateway.throttling aws_api_gateway_stage.s pass
# verdict: api.gateway.tracing aws_api_gateway_stage.s pass
# verdict: api.waf.associated aws_api_gateway_stage.s pass
# verdict: api.authorizer.present aws_api_gateway_method.m pass
# verdict: api.authorizer.present aws_api_gateway_method.open fail
# verdict: all.lambda.permission aws_lambda_permission.p pass

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
  function_name = "rest-api"
  role          = aws_iam_role.fn.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "code"
  s3_key        = "fn.zip"

}

resource "aws_api_gateway_rest_api" "api" { name = "rest-api" }
resource "aws_api_gateway_resource" "r" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.r.id
  http_method   = "POST"
  authorization = "AWS_IAM"
}
resource "aws_api_gateway_method" "open" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.r.id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "i" {
  for_each                = { m = aws_api_gateway_method.m.http_method, open = aws_api_gateway_method.open.http_method }
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.r.id
  http_method             = each.value
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.fn.invoke_arn
}
resource "aws_api_gateway_deployment" "d" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers    = { redeploy = sha1(jsonencode([aws_api_gateway_method.m.id])) }
  lifecycle { create_before_destroy = true }
  depends_on = [aws_api_gateway_integration.i]
}
resource "aws_cloudwatch_log_group" "l" {
  name              = "/aws/api/rest-api"
  retention_in_days = 90
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.d.id
  stage_name           = "live"
  xray_tracing_enabled = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.l.arn
    format          = jsonencode({ requestId = "$context.requestId", ip = "$context.identity.sourceIp", time = "$context.requestTime", method = "$context.httpMethod", path = "$context.path", status = "$context.status", user = "$context.authorizer.principalId", caller = "$context.identity.caller" })
  }
}
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.s.stage_name
  method_path = "*/*"
  settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 50
    metrics_enabled        = true
  }
}
resource "aws_wafv2_web_acl" "acl" {
  name  = "rest-api"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  rule {
    name     = "sql"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesSQLiRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "sql"
      sampled_requests_enabled   = true
    }
  }
  dynamic "rule" {
    for_each = { rate = 1000 }
    content {
      name     = rule.key
      priority = 2
      action {
        block {}
      }
      statement {
        rate_based_statement {
          limit              = rule.value
          aggregate_key_type = "IP"
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "acl"
    sampled_requests_enabled   = true
  }
}
resource "aws_wafv2_web_acl_association" "a" {
  resource_arn = aws_api_gateway_stage.s.arn
  web_acl_arn  = aws_wafv2_web_acl.acl.arn
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.fn.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/*/orders"
}
# verdict: api.waf.sql-injection aws_wafv2_web_acl.acl pass
# verdict: api.waf.rate-limiting aws_wafv2_web_acl.acl pass
