# outputs of a module used outside, permission through module
# verdict: all.lambda.permission aws_lambda_permission.p pass
module "fn" {
  source = "../function"
  name   = "module-outputs"
}
resource "aws_s3_bucket" "b" { bucket = "module-outputs-uploads" }
resource "aws_s3_bucket_notification" "n" {
  bucket = aws_s3_bucket.b.id
  lambda_function {
    lambda_function_arn = module.fn.function_arn
    events              = ["s3:ObjectCreated:*"]
  }
  depends_on = [aws_lambda_permission.p]
}
resource "aws_lambda_permission" "p" {
  action         = "lambda:InvokeFunction"
  function_name  = module.fn.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.b.arn
  source_account = "111122223333"
}
