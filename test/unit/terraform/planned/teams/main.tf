terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  default_tags { tags = { team = "orders" } }
}
provider "aws" {
  alias                       = "use1"
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
module "bucket_acl" {
  source = "./bucket_acl"
}
module "conditional_url" {
  source = "./conditional_url"
}
module "dead_letter_retention" {
  source = "./dead_letter_retention"
}
module "default_route_table" {
  source = "./default_route_table"
}
module "depth_alarm" {
  source = "./depth_alarm"
}
module "dynamic_blocks" {
  source = "./dynamic_blocks"
}
module "endpoint_policy" {
  source = "./endpoint_policy"
}
module "event_rules" {
  source = "./event_rules"
}
module "event_source_mappings" {
  source = "./event_source_mappings"
}
module "fan_out" {
  source = "./fan_out"
}
module "function_module" {
  source = "./function_module"
}
module "http_api_jwt_alias" {
  source = "./http_api_jwt_alias"
}
module "key_policies" {
  source = "./key_policies"
}
module "log_group_of_function" {
  source = "./log_group_of_function"
}
module "log_group_without_retention" {
  source = "./log_group_without_retention"
}
module "logging_lifts_limits" {
  source = "./logging_lifts_limits"
}
module "main_route_table" {
  source = "./main_route_table"
}
module "metric_maths" {
  source = "./metric_maths"
}
module "module_outputs" {
  source = "./module_outputs"
}
module "open_function_url" {
  source = "./open_function_url"
}
module "parameters" {
  source = "./parameters"
}
module "pipe" {
  source = "./pipe"
}
module "policy_by_for" {
  source = "./policy_by_for"
}
module "prefix_list" {
  source = "./prefix_list"
}
module "private_api" {
  source = "./private_api"
}
module "private_function" {
  source = "./private_function"
}
module "provider_alias" {
  source = "./provider_alias"
  providers = {
    aws      = aws
    aws.use1 = aws.use1
  }
}
module "provisioned_concurrency" {
  source = "./provisioned_concurrency"
}
module "queue_encryption" {
  source = "./queue_encryption"
}
module "queues_by_key" {
  source = "./queues_by_key"
}
module "rest_api" {
  source = "./rest_api"
}
module "schedule" {
  source = "./schedule"
}
module "secrets" {
  source = "./secrets"
}
module "sensitive_and_moved" {
  source = "./sensitive_and_moved"
}
module "split_bucket" {
  source = "./split_bucket"
}
module "split_queue_policies" {
  source = "./split_queue_policies"
}
module "state_machine" {
  source = "./state_machine"
}
module "stream_mapping" {
  source = "./stream_mapping"
}
module "tables" {
  source = "./tables"
}
module "user_pools" {
  source = "./user_pools"
}
