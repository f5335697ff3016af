# user pool of machines alone
# verdict: more.cognito.mfa aws_cognito_user_pool.machines notApplicable
# verdict: more.cognito.mfa aws_cognito_user_pool.people fail
resource "aws_cognito_user_pool" "machines" { name = "user-pools-machines" }
resource "aws_cognito_user_pool_client" "m" {
  name                                 = "m"
  user_pool_id                         = aws_cognito_user_pool.machines.id
  generate_secret                      = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["orders/read"]
}
resource "aws_cognito_user_pool" "people" { name = "user-pools-people" }
resource "aws_cognito_user_pool_client" "p" {
  name         = "p"
  user_pool_id = aws_cognito_user_pool.people.id
}
