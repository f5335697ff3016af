# Code signing, network, alarm topic, access logs, the key of the external API and its rotation.

resource "aws_signer_signing_profile" "code_signing_profile" {
  platform_id = "AWSLambda-SHA384-ECDSA"
}

resource "aws_lambda_code_signing_config" "code_signing_config" {
  allowed_publishers {
    signing_profile_version_arns = [aws_signer_signing_profile.code_signing_profile.version_arn]
  }
  policies {
    untrusted_artifact_on_deployment = "Enforce"
  }
}

resource "aws_kms_key" "foundation_key" {
  policy = jsonencode({
    Statement = [
      {
        Action = "kms:*"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::111122223333:root"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-west-1:111122223333:*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "logs.eu-west-1.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "cloudwatch.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "sns.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect = "Allow"
        Principal = {
          Service = "events.amazonaws.com"
        }
        Resource = "*"
      },
      {
        Action = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Condition = {
          StringEquals = {
            "kms:ViaService" = "secretsmanager.eu-west-1.amazonaws.com"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::111122223333:root"
        }
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
  enable_key_rotation     = true
  rotation_period_in_days = 365
}

resource "aws_kms_key" "foundation_personal_data_key" {
  policy = jsonencode({
    Statement = [
      {
        Action = "kms:*"
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::111122223333:root"
        }
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
  enable_key_rotation     = true
  rotation_period_in_days = 365
}

resource "aws_vpc" "foundation_network_vpc" {
  cidr_block           = "10.42.0.0/20"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "foundation_network_vpc_functions_subnet1_subnet" {
  vpc_id                  = aws_vpc.foundation_network_vpc.id
  cidr_block              = "10.42.0.0/24"
  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = false
}

resource "aws_route_table" "foundation_network_vpc_functions_subnet1_route_table" {
  vpc_id = aws_vpc.foundation_network_vpc.id
}

resource "aws_route_table_association" "foundation_network_vpc_functions_subnet1_route_table_association" {
  subnet_id      = aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id
  route_table_id = aws_route_table.foundation_network_vpc_functions_subnet1_route_table.id
}

resource "aws_subnet" "foundation_network_vpc_functions_subnet2_subnet" {
  vpc_id                  = aws_vpc.foundation_network_vpc.id
  cidr_block              = "10.42.1.0/24"
  availability_zone       = "eu-west-1b"
  map_public_ip_on_launch = false
}

resource "aws_route_table" "foundation_network_vpc_functions_subnet2_route_table" {
  vpc_id = aws_vpc.foundation_network_vpc.id
}

resource "aws_route_table_association" "foundation_network_vpc_functions_subnet2_route_table_association" {
  subnet_id      = aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id
  route_table_id = aws_route_table.foundation_network_vpc_functions_subnet2_route_table.id
}

resource "aws_subnet" "foundation_network_vpc_nat_subnet1_subnet" {
  vpc_id                  = aws_vpc.foundation_network_vpc.id
  cidr_block              = "10.42.2.0/28"
  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = false
}

resource "aws_route_table" "foundation_network_vpc_nat_subnet1_route_table" {
  vpc_id = aws_vpc.foundation_network_vpc.id
}

resource "aws_route_table_association" "foundation_network_vpc_nat_subnet1_route_table_association" {
  subnet_id      = aws_subnet.foundation_network_vpc_nat_subnet1_subnet.id
  route_table_id = aws_route_table.foundation_network_vpc_nat_subnet1_route_table.id
}

resource "aws_route" "foundation_network_vpc_nat_subnet1_default_route" {
  route_table_id         = aws_route_table.foundation_network_vpc_nat_subnet1_route_table.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.foundation_network_vpc_igw.id
}

resource "aws_nat_gateway" "foundation_network_vpc_nat_subnet1_natgateway" {
  subnet_id     = aws_subnet.foundation_network_vpc_nat_subnet1_subnet.id
  allocation_id = aws_eip.nat_1.id
}

resource "aws_subnet" "foundation_network_vpc_nat_subnet2_subnet" {
  vpc_id                  = aws_vpc.foundation_network_vpc.id
  cidr_block              = "10.42.2.16/28"
  availability_zone       = "eu-west-1b"
  map_public_ip_on_launch = false
}

resource "aws_route_table" "foundation_network_vpc_nat_subnet2_route_table" {
  vpc_id = aws_vpc.foundation_network_vpc.id
}

resource "aws_route_table_association" "foundation_network_vpc_nat_subnet2_route_table_association" {
  subnet_id      = aws_subnet.foundation_network_vpc_nat_subnet2_subnet.id
  route_table_id = aws_route_table.foundation_network_vpc_nat_subnet2_route_table.id
}

resource "aws_route" "foundation_network_vpc_nat_subnet2_default_route" {
  route_table_id         = aws_route_table.foundation_network_vpc_nat_subnet2_route_table.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.foundation_network_vpc_igw.id
}

resource "aws_nat_gateway" "foundation_network_vpc_nat_subnet2_natgateway" {
  subnet_id     = aws_subnet.foundation_network_vpc_nat_subnet2_subnet.id
  allocation_id = aws_eip.nat_2.id
}

resource "aws_subnet" "foundation_network_vpc_egress_subnet1_subnet" {
  vpc_id                  = aws_vpc.foundation_network_vpc.id
  cidr_block              = "10.42.3.0/24"
  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = false
}

resource "aws_route_table" "foundation_network_vpc_egress_subnet1_route_table" {
  vpc_id = aws_vpc.foundation_network_vpc.id
}

resource "aws_route_table_association" "foundation_network_vpc_egress_subnet1_route_table_association" {
  subnet_id      = aws_subnet.foundation_network_vpc_egress_subnet1_subnet.id
  route_table_id = aws_route_table.foundation_network_vpc_egress_subnet1_route_table.id
}

resource "aws_route" "foundation_network_vpc_egress_subnet1_default_route" {
  route_table_id         = aws_route_table.foundation_network_vpc_egress_subnet1_route_table.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.foundation_network_vpc_nat_subnet1_natgateway.id
}

resource "aws_subnet" "foundation_network_vpc_egress_subnet2_subnet" {
  vpc_id                  = aws_vpc.foundation_network_vpc.id
  cidr_block              = "10.42.4.0/24"
  availability_zone       = "eu-west-1b"
  map_public_ip_on_launch = false
}

resource "aws_route_table" "foundation_network_vpc_egress_subnet2_route_table" {
  vpc_id = aws_vpc.foundation_network_vpc.id
}

resource "aws_route_table_association" "foundation_network_vpc_egress_subnet2_route_table_association" {
  subnet_id      = aws_subnet.foundation_network_vpc_egress_subnet2_subnet.id
  route_table_id = aws_route_table.foundation_network_vpc_egress_subnet2_route_table.id
}

resource "aws_route" "foundation_network_vpc_egress_subnet2_default_route" {
  route_table_id         = aws_route_table.foundation_network_vpc_egress_subnet2_route_table.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.foundation_network_vpc_nat_subnet2_natgateway.id
}

resource "aws_internet_gateway" "foundation_network_vpc_igw" {
}

resource "aws_internet_gateway_attachment" "foundation_network_vpc_vpcgw" {
  internet_gateway_id = aws_internet_gateway.foundation_network_vpc_igw.id
  vpc_id              = aws_vpc.foundation_network_vpc.id
}

resource "aws_vpc_endpoint" "foundation_network_vpc_s3" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  policy = jsonencode({
    Statement = [
      {
        Action = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"]
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
            "s3:ResourceAccount"   = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
  route_table_ids = [aws_route_table.foundation_network_vpc_egress_subnet1_route_table.id, aws_route_table.foundation_network_vpc_egress_subnet2_route_table.id, aws_route_table.foundation_network_vpc_nat_subnet1_route_table.id, aws_route_table.foundation_network_vpc_nat_subnet2_route_table.id, aws_route_table.foundation_network_vpc_functions_subnet1_route_table.id, aws_route_table.foundation_network_vpc_functions_subnet2_route_table.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpc_dynamo_db" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.dynamodb"
  vpc_endpoint_type = "Gateway"
  policy = jsonencode({
    Statement = [
      {
        Action = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:dynamodb:eu-west-1:111122223333:table/*"
      },
    ]
    Version = "2012-10-17"
  })
  route_table_ids = [aws_route_table.foundation_network_vpc_egress_subnet1_route_table.id, aws_route_table.foundation_network_vpc_egress_subnet2_route_table.id, aws_route_table.foundation_network_vpc_nat_subnet1_route_table.id, aws_route_table.foundation_network_vpc_nat_subnet2_route_table.id, aws_route_table.foundation_network_vpc_functions_subnet1_route_table.id, aws_route_table.foundation_network_vpc_functions_subnet2_route_table.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpcsecretsmanager" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.secretsmanager"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpckms" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.kms"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = ["kms:Decrypt", "kms:GenerateDataKey"]
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpcsqs" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:SendMessage"
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:sqs:eu-west-1:111122223333:*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpcsns" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.sns"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = "sns:Publish"
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:sns:eu-west-1:111122223333:*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpcevents" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.events"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = "events:PutEvents"
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:events:eu-west-1:111122223333:event-bus/*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpcstates" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.states"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = "states:StartExecution"
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:states:eu-west-1:111122223333:stateMachine:*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpcxray" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.xray"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_vpc_endpoint" "foundation_network_vpclogs" {
  vpc_id            = aws_vpc.foundation_network_vpc.id
  service_name      = "com.amazonaws.eu-west-1.logs"
  vpc_endpoint_type = "Interface"
  policy = jsonencode({
    Statement = [
      {
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Condition = {
          StringEquals = {
            "aws:PrincipalAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          AWS = "*"
        }
        Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:*"
      },
    ]
    Version = "2012-10-17"
  })
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.foundation_network_vpc_functions_subnet1_subnet.id, aws_subnet.foundation_network_vpc_functions_subnet2_subnet.id]
  security_group_ids  = [aws_security_group.foundation_network_endpoint_group.id]
}

resource "aws_iam_role" "foundation_network_vpc_flow_log_iamrole" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "vpc-flow-logs.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role_policy" "foundation_network_vpc_flow_log_iamrole_default_policy_policy" {
  role = aws_iam_role.foundation_network_vpc_flow_log_iamrole.name
  name = "FoundationNetworkVpcFlowLogIAMRoleDefaultPolicy3E7B6E6C"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.foundation_network_flow_logs.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_flow_log" "foundation_network_vpc_flow_log" {
  vpc_id       = aws_vpc.foundation_network_vpc.id
  traffic_type = "ALL"
}

resource "aws_security_group" "foundation_network_endpoint_group" {
  egress {
    protocol    = "icmp"
    from_port   = 252
    to_port     = 86
    cidr_blocks = ["255.255.255.255/32"]
  }
  vpc_id      = aws_vpc.foundation_network_vpc.id
  description = "Interface endpoints: 443 from functions"
}

resource "aws_vpc_security_group_ingress_rule" "foundation_network_endpoint_groupfrom_headgate_foundation_network_function_group1781_a97_c443" {
  security_group_id            = aws_security_group.foundation_network_endpoint_group.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.foundation_network_function_group.id
}

resource "aws_vpc_security_group_ingress_rule" "foundation_network_endpoint_groupfrom_headgate_foundation_network_egress_group_f89_df3_a4443" {
  security_group_id            = aws_security_group.foundation_network_endpoint_group.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.foundation_network_egress_group.id
}

resource "aws_security_group" "foundation_network_function_group" {
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = ["pl-6da54004"]
  }
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = ["pl-6fa54006"]
  }
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    security_groups = [aws_security_group.foundation_network_endpoint_group.id]
  }
  vpc_id      = aws_vpc.foundation_network_vpc.id
  description = "Functions: 443 to endpoints"
}

resource "aws_security_group" "foundation_network_egress_group" {
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = ["pl-6da54004"]
  }
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = ["pl-6fa54006"]
  }
  egress {
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    security_groups = [aws_security_group.foundation_network_endpoint_group.id]
  }
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  vpc_id      = aws_vpc.foundation_network_vpc.id
  description = "Functions with an external API: 443 to endpoints and out"
}

resource "aws_cloudwatch_log_group" "foundation_network_flow_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.foundation_key.arn
}

resource "aws_sns_topic" "foundation_operations_alarms" {
  kms_master_key_id = aws_kms_key.foundation_key.arn
  tracing_config    = "Active"
}

resource "aws_sns_topic_policy" "foundation_operations_alarms_policy" {
  arn = aws_sns_topic.foundation_operations_alarms.arn
  policy = jsonencode({
    Statement = [
      {
        Action = "sns:Publish"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect    = "Deny"
        Principal = "*"
        Resource  = aws_sns_topic.foundation_operations_alarms.arn
        Sid       = "AllowPublishThroughSSLOnly"
      },
      {
        Action = "sns:Publish"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "cloudwatch.amazonaws.com"
        }
        Resource = aws_sns_topic.foundation_operations_alarms.arn
        Sid      = "1"
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_sns_topic_subscription" "foundation_operations_alarms_token_subscription1" {
  topic_arn = aws_sns_topic.foundation_operations_alarms.arn
  protocol  = "email"
  endpoint  = "PARAM-AlarmEmail"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.foundation_operations_undelivered_queue.arn
  })
}

resource "aws_iam_role" "foundation_operations_runbook_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:ssm:*:111122223333:automation-execution/*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "ssm.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role_policy" "foundation_operations_runbook_role_default_policy_policy" {
  role = aws_iam_role.foundation_operations_runbook_role.name
  name = "FoundationOperationsRunbookRoleDefaultPolicyD3801C7B"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_key.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.foundation_operations_undelivered_queue.arn
      },
      {
        Action   = "sns:Publish"
        Effect   = "Allow"
        Resource = aws_sns_topic.foundation_operations_alarms.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_ssm_document" "foundation_operations_runbook_document" {
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    description   = "# Dead messages of the operations flow\n\n1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages\n   with their receive count, age, correlation id and size, never their bodies, and gives them back.\n2. **Find the cause.** Look the correlation ids up with the saved CloudWatch Logs Insights query\n   `<stack>/errors-by-correlation-id`, follow the trace in X-Ray, and see in the dashboard whether the\n   circuit breaker was open. A poison message fails alone; a broken dependency fails all.\n3. **Repair first.** A message that is replayed before the cause is gone comes back after three receives.\n4. **Replay** as the alarm says. `RedriveAll` moves all messages of a work queue back with\n   StartMessageMoveTask, ten a second; SQS does that for dead letters of queues alone. `RetryAll` does for every\n   other queue what its source allows, ten a second: it invokes the function again with the event that failed,\n   redrives the failed execution, delivers the event to its target, or publishes the notification. `RetryOne`\n   does the same for one message, and validates it first. `ReplayArchive` puts archived events on the bus again.\n   Every handler is idempotent: a message that had been handled is answered from its record.\n5. **Watch** the depth and age alarms return to OK, and write down cause and repair."
    assumeRole    = aws_iam_role.foundation_operations_runbook_role.arn
    parameters = {
      Action = {
        type          = "String"
        description   = "What to do"
        default       = "Inspect"
        allowedValues = ["Inspect", "RedriveAll", "RetryOne", "RetryAll", "ReplayArchive"]
      }
      QueueUrl = {
        type        = "String"
        description = "URL of the dead-letter queue (Inspect, RetryOne, RetryAll)"
        default     = ""
      }
      QueueArn = {
        type        = "String"
        description = "ARN of the dead-letter queue of a work queue (RedriveAll)"
        default     = ""
      }
      SourceQueueUrl = {
        type        = "String"
        description = "URL of the queue that the messages are for (RetryOne, RetryAll)"
        default     = ""
      }
      FunctionArn = {
        type        = "String"
        description = "ARN of the function that takes events of AWS services (RetryOne, RetryAll)"
        default     = ""
      }
      MessageId = {
        type        = "String"
        description = "Id of the message, as Inspect shows it (RetryOne)"
        default     = ""
      }
      ArchiveArn = {
        type        = "String"
        description = "ARN of the archive (ReplayArchive)"
        default     = ""
      }
      BusArn = {
        type        = "String"
        description = "ARN of the bus (ReplayArchive; RetryOne and RetryAll for events that no rule saw)"
        default     = ""
      }
      ReplayName = {
        type        = "String"
        description = "Unique name of the replay (ReplayArchive)"
        default     = ""
      }
      From = {
        type        = "String"
        description = "Start of the events, ISO 8601 (ReplayArchive)"
        default     = ""
      }
      To = {
        type        = "String"
        description = "End of the events, ISO 8601 (ReplayArchive)"
        default     = ""
      }
    }
    mainSteps = [
      {
        name   = "ChooseAction"
        action = "aws:branch"
        inputs = {
          Choices = [
            {
              NextStep     = "Inspect"
              Variable     = "{{ Action }}"
              StringEquals = "Inspect"
            },
            {
              NextStep     = "RedriveAll"
              Variable     = "{{ Action }}"
              StringEquals = "RedriveAll"
            },
            {
              NextStep     = "RetryOne"
              Variable     = "{{ Action }}"
              StringEquals = "RetryOne"
            },
            {
              NextStep     = "RetryAll"
              Variable     = "{{ Action }}"
              StringEquals = "RetryAll"
            },
            {
              NextStep     = "ReplayArchive"
              Variable     = "{{ Action }}"
              StringEquals = "ReplayArchive"
            },
          ]
        }
      },
      {
        name   = "Inspect"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "inspect"
          InputPayload = {
            QueueUrl = "{{ QueueUrl }}"
          }
          Script = "import boto3, json\ndef inspect(events, context):\n    sqs = boto3.client('sqs')\n    answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=60,\n                                 WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n    seen = []\n    for message in answer.get('Messages', []):\n        attributes = message.get('MessageAttributes', {})\n        correlation = attributes.get('correlationId', {}).get('StringValue', '')\n        seen.append({'MessageId': message['MessageId'], 'Receives': message['Attributes']['ApproximateReceiveCount'],\n                     'SentAt': message['Attributes']['SentTimestamp'], 'CorrelationId': correlation,\n                     'Bytes': len(message['Body'])})\n        sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                      VisibilityTimeout=0)\n    return {'Messages': json.dumps(seen), 'Count': len(seen)}"
        }
        outputs = [
          {
            Name     = "Messages"
            Selector = "$.Payload.Messages"
            Type     = "String"
          },
          {
            Name     = "Count"
            Selector = "$.Payload.Count"
            Type     = "Integer"
          },
        ]
      },
      {
        name     = "RedriveAll"
        action   = "aws:executeAwsApi"
        nextStep = "WaitForRedrive"
        inputs = {
          Service                      = "sqs"
          Api                          = "StartMessageMoveTask"
          SourceArn                    = "{{ QueueArn }}"
          MaxNumberOfMessagesPerSecond = 10
        }
      },
      {
        name           = "WaitForRedrive"
        action         = "aws:waitForAwsResourceProperty"
        timeoutSeconds = 3600
        isEnd          = true
        inputs = {
          Service          = "sqs"
          Api              = "ListMessageMoveTasks"
          SourceArn        = "{{ QueueArn }}"
          PropertySelector = "$.Results[0].Status"
          DesiredValues    = ["COMPLETED"]
        }
      },
      {
        name   = "RetryOne"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "retry"
          InputPayload = {
            QueueUrl       = "{{ QueueUrl }}"
            SourceQueueUrl = "{{ SourceQueueUrl }}"
            FunctionArn    = "{{ FunctionArn }}"
            BusArn         = "{{ BusArn }}"
            MessageId      = "{{ MessageId }}"
          }
          Script = "import boto3, json, time\ndef retry(events, context):\n    sqs = boto3.client('sqs')\n    wanted = events['MessageId']\n    deadline = time.time() + 480\n    held, retried, refused = [], [], []\n    try:\n        while time.time() < deadline:\n            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,\n                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n            messages = answer.get('Messages', [])\n            if not messages:\n                break\n            held.extend(messages)\n            for message in messages:\n                if wanted not in ('', message['MessageId']):\n                    continue\n                try:\n                    replay(events, message)\n                except Exception as error:\n                    if wanted:\n                        raise\n                    refused.append({'MessageId': message['MessageId'], 'Reason': str(error)})\n                    continue\n                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])\n                held.remove(message)\n                retried.append(message['MessageId'])\n                if wanted:\n                    return {'Retried': 1, 'Refused': '[]'}\n                time.sleep(0.1)\n    finally:\n        for message in held:\n            try:\n                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                              VisibilityTimeout=0)\n            except sqs.exceptions.ClientError:\n                pass\n    if wanted:\n        raise Exception('No message ' + wanted + ' was received from the queue.')\n    return {'Retried': len(retried), 'Refused': json.dumps(refused)}\n\ndef replay(events, message):\n    body = json.loads(message['Body'])\n    if not isinstance(body, dict):\n        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')\n    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}\n    request = body.get('requestContext')\n    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:\n        invoke(request['functionArn'], body['requestPayload'])\n    elif body.get('type') == 'order.unfulfilled':\n        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])\n    elif 'TARGET_ARN' in values:\n        deliver(events, values['TARGET_ARN'], body)\n    elif body.get('Type') == 'Notification' and 'TopicArn' in body:\n        subject = {'Subject': body['Subject']} if body.get('Subject') else {}\n        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)\n    elif events['SourceQueueUrl']:\n        send(events['SourceQueueUrl'], message['Body'], message)\n    elif 'detail-type' in body and 'source' in body:\n        put(events, body)\n    else:\n        raise Exception('The message does not say where it came from: give SourceQueueUrl.')\n\ndef deliver(events, target, body):\n    service = target.split(':')[2]\n    if service == 'lambda':\n        invoke(target, body)\n    elif service == 'states':\n        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))\n    elif service == 'sqs':\n        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']\n        send(url, json.dumps(body.get('detail', body)), {})\n    elif service == 'events':\n        put({**events, 'BusArn': target}, body)\n    else:\n        raise Exception('No replay is known for the target ' + target + '.')\n\ndef put(events, body):\n    if body['source'].startswith('aws.'):\n        if not events['FunctionArn']:\n            raise Exception('Only AWS services put events of the source ' + body['source'] + ' on a bus: give FunctionArn.')\n        invoke(events['FunctionArn'], body)\n        return\n    if not events['BusArn']:\n        raise Exception('The event never reached a rule: give BusArn.')\n    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],\n             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}\n    answer = boto3.client('events').put_events(Entries=[entry])\n    if answer['FailedEntryCount']:\n        raise Exception('The bus refused the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')\n\ndef invoke(arn, payload):\n    name = arn[:-8] if arn.endswith(':$LATEST') else arn\n    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())\n\ndef send(url, body, message):\n    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}\n                  for name, attribute in message.get('MessageAttributes', {}).items()}\n    ordering = {}\n    if url.endswith('.fifo'):\n        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],\n                    'MessageDeduplicationId': message['MessageId']}\n    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)"
        }
        outputs = [
          {
            Name     = "Retried"
            Selector = "$.Payload.Retried"
            Type     = "Integer"
          },
          {
            Name     = "Refused"
            Selector = "$.Payload.Refused"
            Type     = "String"
          },
        ]
      },
      {
        name   = "RetryAll"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "retry"
          InputPayload = {
            QueueUrl       = "{{ QueueUrl }}"
            SourceQueueUrl = "{{ SourceQueueUrl }}"
            FunctionArn    = "{{ FunctionArn }}"
            BusArn         = "{{ BusArn }}"
            MessageId      = ""
          }
          Script = "import boto3, json, time\ndef retry(events, context):\n    sqs = boto3.client('sqs')\n    wanted = events['MessageId']\n    deadline = time.time() + 480\n    held, retried, refused = [], [], []\n    try:\n        while time.time() < deadline:\n            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,\n                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n            messages = answer.get('Messages', [])\n            if not messages:\n                break\n            held.extend(messages)\n            for message in messages:\n                if wanted not in ('', message['MessageId']):\n                    continue\n                try:\n                    replay(events, message)\n                except Exception as error:\n                    if wanted:\n                        raise\n                    refused.append({'MessageId': message['MessageId'], 'Reason': str(error)})\n                    continue\n                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])\n                held.remove(message)\n                retried.append(message['MessageId'])\n                if wanted:\n                    return {'Retried': 1, 'Refused': '[]'}\n                time.sleep(0.1)\n    finally:\n        for message in held:\n            try:\n                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                              VisibilityTimeout=0)\n            except sqs.exceptions.ClientError:\n                pass\n    if wanted:\n        raise Exception('No message ' + wanted + ' was received from the queue.')\n    return {'Retried': len(retried), 'Refused': json.dumps(refused)}\n\ndef replay(events, message):\n    body = json.loads(message['Body'])\n    if not isinstance(body, dict):\n        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')\n    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}\n    request = body.get('requestContext')\n    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:\n        invoke(request['functionArn'], body['requestPayload'])\n    elif body.get('type') == 'order.unfulfilled':\n        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])\n    elif 'TARGET_ARN' in values:\n        deliver(events, values['TARGET_ARN'], body)\n    elif body.get('Type') == 'Notification' and 'TopicArn' in body:\n        subject = {'Subject': body['Subject']} if body.get('Subject') else {}\n        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)\n    elif events['SourceQueueUrl']:\n        send(events['SourceQueueUrl'], message['Body'], message)\n    elif 'detail-type' in body and 'source' in body:\n        put(events, body)\n    else:\n        raise Exception('The message does not say where it came from: give SourceQueueUrl.')\n\ndef deliver(events, target, body):\n    service = target.split(':')[2]\n    if service == 'lambda':\n        invoke(target, body)\n    elif service == 'states':\n        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))\n    elif service == 'sqs':\n        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']\n        send(url, json.dumps(body.get('detail', body)), {})\n    elif service == 'events':\n        put({**events, 'BusArn': target}, body)\n    else:\n        raise Exception('No replay is known for the target ' + target + '.')\n\ndef put(events, body):\n    if body['source'].startswith('aws.'):\n        if not events['FunctionArn']:\n            raise Exception('Only AWS services put events of the source ' + body['source'] + ' on a bus: give FunctionArn.')\n        invoke(events['FunctionArn'], body)\n        return\n    if not events['BusArn']:\n        raise Exception('The event never reached a rule: give BusArn.')\n    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],\n             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}\n    answer = boto3.client('events').put_events(Entries=[entry])\n    if answer['FailedEntryCount']:\n        raise Exception('The bus refused the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')\n\ndef invoke(arn, payload):\n    name = arn[:-8] if arn.endswith(':$LATEST') else arn\n    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())\n\ndef send(url, body, message):\n    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}\n                  for name, attribute in message.get('MessageAttributes', {}).items()}\n    ordering = {}\n    if url.endswith('.fifo'):\n        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],\n                    'MessageDeduplicationId': message['MessageId']}\n    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)"
        }
        outputs = [
          {
            Name     = "Retried"
            Selector = "$.Payload.Retried"
            Type     = "Integer"
          },
          {
            Name     = "Refused"
            Selector = "$.Payload.Refused"
            Type     = "String"
          },
        ]
      },
      {
        name   = "ReplayArchive"
        action = "aws:executeAwsApi"
        isEnd  = true
        inputs = {
          Service        = "events"
          Api            = "StartReplay"
          ReplayName     = "{{ ReplayName }}"
          EventSourceArn = "{{ ArchiveArn }}"
          EventStartTime = "{{ From }}"
          EventEndTime   = "{{ To }}"
          Destination = {
            Arn = "{{ BusArn }}"
          }
        }
        outputs = [
          {
            Name     = "ReplayArn"
            Selector = "$.ReplayArn"
            Type     = "String"
          },
        ]
      },
    ]
  })
  name = "foundation-operations-runbook-document"
}

resource "aws_sqs_queue" "foundation_operations_undelivered_queue" {
  tags = {
    runbook = aws_ssm_document.foundation_operations_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.foundation_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "foundation_operations_undelivered_queue_policy" {
  queue_url = aws_sqs_queue.foundation_operations_undelivered_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.foundation_operations_undelivered_queue.arn
      },
      {
        Action = "sqs:SendMessage"
        Condition = {
          ArnEquals = {
            "aws:SourceArn" = aws_sns_topic.foundation_operations_alarms.arn
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "sns.amazonaws.com"
        }
        Resource = aws_sqs_queue.foundation_operations_undelivered_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "foundation_operations_undelivered_depth_alarm" {
  alarm_description = "Alarm notifications that could not be delivered. Runbook: SSM document ${aws_ssm_document.foundation_operations_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.foundation_operations_undelivered_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.foundation_operations_undelivered_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "foundation-operations-undelivered-depth-alarm"
}

resource "aws_securityhub_account" "foundation_security_hub" {
  enable_default_standards  = false
  control_finding_generator = "SECURITY_CONTROL"
}

resource "aws_securityhub_standards_subscription" "foundation_security_hub_best_practices" {
  standards_arn = "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0"
}

resource "aws_s3_bucket" "foundation_access_logs" {
}

resource "aws_s3_bucket_server_side_encryption_configuration" "foundation_access_logs" {
  bucket = aws_s3_bucket.foundation_access_logs.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "foundation_access_logs" {
  bucket = aws_s3_bucket.foundation_access_logs.bucket
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "foundation_access_logs" {
  bucket                  = aws_s3_bucket.foundation_access_logs.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "foundation_access_logs" {
  bucket = aws_s3_bucket.foundation_access_logs.bucket
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "foundation_access_logs" {
  bucket = aws_s3_bucket.foundation_access_logs.bucket
  rule {
    status = "Enabled"
    id     = "rule-1"
  }
}

resource "aws_s3_bucket_policy" "foundation_access_logs_policy" {
  bucket = aws_s3_bucket.foundation_access_logs.bucket
  policy = jsonencode({
    Statement = [
      {
        Action = "s3:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = [
          aws_s3_bucket.foundation_access_logs.arn,
          "${aws_s3_bucket.foundation_access_logs.arn}/*",
        ]
      },
      {
        Action = "s3:*"
        Condition = {
          NumericLessThan = {
            "s3:TlsVersion" = 1.2
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = [
          aws_s3_bucket.foundation_access_logs.arn,
          "${aws_s3_bucket.foundation_access_logs.arn}/*",
        ]
      },
      {
        Action = "s3:PutObject"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "logging.s3.amazonaws.com"
        }
        Resource = "${aws_s3_bucket.foundation_access_logs.arn}/*"
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_secretsmanager_secret" "external_api_key" {
  kms_key_id = aws_kms_key.foundation_key.arn
}

resource "aws_iam_role" "external_api_runbook_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
          }
          ArnLike = {
            "aws:SourceArn" = "arn:aws:ssm:*:111122223333:automation-execution/*"
          }
        }
        Effect = "Allow"
        Principal = {
          Service = "ssm.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role_policy" "external_api_runbook_role_default_policy_policy" {
  role = aws_iam_role.external_api_runbook_role.name
  name = "ExternalApiRunbookRoleDefaultPolicyC32E7904"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_key.arn
      },
      {
        Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
        Effect   = "Allow"
        Resource = aws_sqs_queue.external_api_failures_queue.arn
      },
      {
        Action   = "lambda:InvokeFunction"
        Effect   = "Allow"
        Resource = aws_lambda_function.external_api_rotation_function.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_ssm_document" "external_api_runbook_document" {
  document_type = "Automation"
  content = jsonencode({
    schemaVersion = "0.3"
    description   = "# Dead messages of the key rotation flow\n\n1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages\n   with their receive count, age, correlation id and size, never their bodies, and gives them back.\n2. **Find the cause.** Look the correlation ids up with the saved CloudWatch Logs Insights query\n   `<stack>/errors-by-correlation-id`, follow the trace in X-Ray, and see in the dashboard whether the\n   circuit breaker was open. A poison message fails alone; a broken dependency fails all.\n3. **Repair first.** A message that is replayed before the cause is gone comes back after three receives.\n4. **Replay** as the alarm says. `RedriveAll` moves all messages of a work queue back with\n   StartMessageMoveTask, ten a second; SQS does that for dead letters of queues alone. `RetryAll` does for every\n   other queue what its source allows, ten a second: it invokes the function again with the event that failed,\n   redrives the failed execution, delivers the event to its target, or publishes the notification. `RetryOne`\n   does the same for one message, and validates it first. `ReplayArchive` puts archived events on the bus again.\n   Every handler is idempotent: a message that had been handled is answered from its record.\n5. **Watch** the depth and age alarms return to OK, and write down cause and repair."
    assumeRole    = aws_iam_role.external_api_runbook_role.arn
    parameters = {
      Action = {
        type          = "String"
        description   = "What to do"
        default       = "Inspect"
        allowedValues = ["Inspect", "RedriveAll", "RetryOne", "RetryAll", "ReplayArchive"]
      }
      QueueUrl = {
        type        = "String"
        description = "URL of the dead-letter queue (Inspect, RetryOne, RetryAll)"
        default     = ""
      }
      QueueArn = {
        type        = "String"
        description = "ARN of the dead-letter queue of a work queue (RedriveAll)"
        default     = ""
      }
      SourceQueueUrl = {
        type        = "String"
        description = "URL of the queue that the messages are for (RetryOne, RetryAll)"
        default     = ""
      }
      FunctionArn = {
        type        = "String"
        description = "ARN of the function that takes events of AWS services (RetryOne, RetryAll)"
        default     = ""
      }
      MessageId = {
        type        = "String"
        description = "Id of the message, as Inspect shows it (RetryOne)"
        default     = ""
      }
      ArchiveArn = {
        type        = "String"
        description = "ARN of the archive (ReplayArchive)"
        default     = ""
      }
      BusArn = {
        type        = "String"
        description = "ARN of the bus (ReplayArchive; RetryOne and RetryAll for events that no rule saw)"
        default     = ""
      }
      ReplayName = {
        type        = "String"
        description = "Unique name of the replay (ReplayArchive)"
        default     = ""
      }
      From = {
        type        = "String"
        description = "Start of the events, ISO 8601 (ReplayArchive)"
        default     = ""
      }
      To = {
        type        = "String"
        description = "End of the events, ISO 8601 (ReplayArchive)"
        default     = ""
      }
    }
    mainSteps = [
      {
        name   = "ChooseAction"
        action = "aws:branch"
        inputs = {
          Choices = [
            {
              NextStep     = "Inspect"
              Variable     = "{{ Action }}"
              StringEquals = "Inspect"
            },
            {
              NextStep     = "RedriveAll"
              Variable     = "{{ Action }}"
              StringEquals = "RedriveAll"
            },
            {
              NextStep     = "RetryOne"
              Variable     = "{{ Action }}"
              StringEquals = "RetryOne"
            },
            {
              NextStep     = "RetryAll"
              Variable     = "{{ Action }}"
              StringEquals = "RetryAll"
            },
            {
              NextStep     = "ReplayArchive"
              Variable     = "{{ Action }}"
              StringEquals = "ReplayArchive"
            },
          ]
        }
      },
      {
        name   = "Inspect"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "inspect"
          InputPayload = {
            QueueUrl = "{{ QueueUrl }}"
          }
          Script = "import boto3, json\ndef inspect(events, context):\n    sqs = boto3.client('sqs')\n    answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=60,\n                                 WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n    seen = []\n    for message in answer.get('Messages', []):\n        attributes = message.get('MessageAttributes', {})\n        correlation = attributes.get('correlationId', {}).get('StringValue', '')\n        seen.append({'MessageId': message['MessageId'], 'Receives': message['Attributes']['ApproximateReceiveCount'],\n                     'SentAt': message['Attributes']['SentTimestamp'], 'CorrelationId': correlation,\n                     'Bytes': len(message['Body'])})\n        sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                      VisibilityTimeout=0)\n    return {'Messages': json.dumps(seen), 'Count': len(seen)}"
        }
        outputs = [
          {
            Name     = "Messages"
            Selector = "$.Payload.Messages"
            Type     = "String"
          },
          {
            Name     = "Count"
            Selector = "$.Payload.Count"
            Type     = "Integer"
          },
        ]
      },
      {
        name     = "RedriveAll"
        action   = "aws:executeAwsApi"
        nextStep = "WaitForRedrive"
        inputs = {
          Service                      = "sqs"
          Api                          = "StartMessageMoveTask"
          SourceArn                    = "{{ QueueArn }}"
          MaxNumberOfMessagesPerSecond = 10
        }
      },
      {
        name           = "WaitForRedrive"
        action         = "aws:waitForAwsResourceProperty"
        timeoutSeconds = 3600
        isEnd          = true
        inputs = {
          Service          = "sqs"
          Api              = "ListMessageMoveTasks"
          SourceArn        = "{{ QueueArn }}"
          PropertySelector = "$.Results[0].Status"
          DesiredValues    = ["COMPLETED"]
        }
      },
      {
        name   = "RetryOne"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "retry"
          InputPayload = {
            QueueUrl       = "{{ QueueUrl }}"
            SourceQueueUrl = "{{ SourceQueueUrl }}"
            FunctionArn    = "{{ FunctionArn }}"
            BusArn         = "{{ BusArn }}"
            MessageId      = "{{ MessageId }}"
          }
          Script = "import boto3, json, time\ndef retry(events, context):\n    sqs = boto3.client('sqs')\n    wanted = events['MessageId']\n    deadline = time.time() + 480\n    held, retried, refused = [], [], []\n    try:\n        while time.time() < deadline:\n            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,\n                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n            messages = answer.get('Messages', [])\n            if not messages:\n                break\n            held.extend(messages)\n            for message in messages:\n                if wanted not in ('', message['MessageId']):\n                    continue\n                try:\n                    replay(events, message)\n                except Exception as error:\n                    if wanted:\n                        raise\n                    refused.append({'MessageId': message['MessageId'], 'Reason': str(error)})\n                    continue\n                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])\n                held.remove(message)\n                retried.append(message['MessageId'])\n                if wanted:\n                    return {'Retried': 1, 'Refused': '[]'}\n                time.sleep(0.1)\n    finally:\n        for message in held:\n            try:\n                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                              VisibilityTimeout=0)\n            except sqs.exceptions.ClientError:\n                pass\n    if wanted:\n        raise Exception('No message ' + wanted + ' was received from the queue.')\n    return {'Retried': len(retried), 'Refused': json.dumps(refused)}\n\ndef replay(events, message):\n    body = json.loads(message['Body'])\n    if not isinstance(body, dict):\n        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')\n    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}\n    request = body.get('requestContext')\n    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:\n        invoke(request['functionArn'], body['requestPayload'])\n    elif body.get('type') == 'order.unfulfilled':\n        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])\n    elif 'TARGET_ARN' in values:\n        deliver(events, values['TARGET_ARN'], body)\n    elif body.get('Type') == 'Notification' and 'TopicArn' in body:\n        subject = {'Subject': body['Subject']} if body.get('Subject') else {}\n        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)\n    elif events['SourceQueueUrl']:\n        send(events['SourceQueueUrl'], message['Body'], message)\n    elif 'detail-type' in body and 'source' in body:\n        put(events, body)\n    else:\n        raise Exception('The message does not say where it came from: give SourceQueueUrl.')\n\ndef deliver(events, target, body):\n    service = target.split(':')[2]\n    if service == 'lambda':\n        invoke(target, body)\n    elif service == 'states':\n        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))\n    elif service == 'sqs':\n        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']\n        send(url, json.dumps(body.get('detail', body)), {})\n    elif service == 'events':\n        put({**events, 'BusArn': target}, body)\n    else:\n        raise Exception('No replay is known for the target ' + target + '.')\n\ndef put(events, body):\n    if body['source'].startswith('aws.'):\n        if not events['FunctionArn']:\n            raise Exception('Only AWS services put events of the source ' + body['source'] + ' on a bus: give FunctionArn.')\n        invoke(events['FunctionArn'], body)\n        return\n    if not events['BusArn']:\n        raise Exception('The event never reached a rule: give BusArn.')\n    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],\n             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}\n    answer = boto3.client('events').put_events(Entries=[entry])\n    if answer['FailedEntryCount']:\n        raise Exception('The bus refused the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')\n\ndef invoke(arn, payload):\n    name = arn[:-8] if arn.endswith(':$LATEST') else arn\n    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())\n\ndef send(url, body, message):\n    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}\n                  for name, attribute in message.get('MessageAttributes', {}).items()}\n    ordering = {}\n    if url.endswith('.fifo'):\n        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],\n                    'MessageDeduplicationId': message['MessageId']}\n    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)"
        }
        outputs = [
          {
            Name     = "Retried"
            Selector = "$.Payload.Retried"
            Type     = "Integer"
          },
          {
            Name     = "Refused"
            Selector = "$.Payload.Refused"
            Type     = "String"
          },
        ]
      },
      {
        name   = "RetryAll"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "retry"
          InputPayload = {
            QueueUrl       = "{{ QueueUrl }}"
            SourceQueueUrl = "{{ SourceQueueUrl }}"
            FunctionArn    = "{{ FunctionArn }}"
            BusArn         = "{{ BusArn }}"
            MessageId      = ""
          }
          Script = "import boto3, json, time\ndef retry(events, context):\n    sqs = boto3.client('sqs')\n    wanted = events['MessageId']\n    deadline = time.time() + 480\n    held, retried, refused = [], [], []\n    try:\n        while time.time() < deadline:\n            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,\n                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])\n            messages = answer.get('Messages', [])\n            if not messages:\n                break\n            held.extend(messages)\n            for message in messages:\n                if wanted not in ('', message['MessageId']):\n                    continue\n                try:\n                    replay(events, message)\n                except Exception as error:\n                    if wanted:\n                        raise\n                    refused.append({'MessageId': message['MessageId'], 'Reason': str(error)})\n                    continue\n                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])\n                held.remove(message)\n                retried.append(message['MessageId'])\n                if wanted:\n                    return {'Retried': 1, 'Refused': '[]'}\n                time.sleep(0.1)\n    finally:\n        for message in held:\n            try:\n                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],\n                                              VisibilityTimeout=0)\n            except sqs.exceptions.ClientError:\n                pass\n    if wanted:\n        raise Exception('No message ' + wanted + ' was received from the queue.')\n    return {'Retried': len(retried), 'Refused': json.dumps(refused)}\n\ndef replay(events, message):\n    body = json.loads(message['Body'])\n    if not isinstance(body, dict):\n        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')\n    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}\n    request = body.get('requestContext')\n    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:\n        invoke(request['functionArn'], body['requestPayload'])\n    elif body.get('type') == 'order.unfulfilled':\n        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])\n    elif 'TARGET_ARN' in values:\n        deliver(events, values['TARGET_ARN'], body)\n    elif body.get('Type') == 'Notification' and 'TopicArn' in body:\n        subject = {'Subject': body['Subject']} if body.get('Subject') else {}\n        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)\n    elif events['SourceQueueUrl']:\n        send(events['SourceQueueUrl'], message['Body'], message)\n    elif 'detail-type' in body and 'source' in body:\n        put(events, body)\n    else:\n        raise Exception('The message does not say where it came from: give SourceQueueUrl.')\n\ndef deliver(events, target, body):\n    service = target.split(':')[2]\n    if service == 'lambda':\n        invoke(target, body)\n    elif service == 'states':\n        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))\n    elif service == 'sqs':\n        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']\n        send(url, json.dumps(body.get('detail', body)), {})\n    elif service == 'events':\n        put({**events, 'BusArn': target}, body)\n    else:\n        raise Exception('No replay is known for the target ' + target + '.')\n\ndef put(events, body):\n    if body['source'].startswith('aws.'):\n        if not events['FunctionArn']:\n            raise Exception('Only AWS services put events of the source ' + body['source'] + ' on a bus: give FunctionArn.')\n        invoke(events['FunctionArn'], body)\n        return\n    if not events['BusArn']:\n        raise Exception('The event never reached a rule: give BusArn.')\n    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],\n             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}\n    answer = boto3.client('events').put_events(Entries=[entry])\n    if answer['FailedEntryCount']:\n        raise Exception('The bus refused the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')\n\ndef invoke(arn, payload):\n    name = arn[:-8] if arn.endswith(':$LATEST') else arn\n    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())\n\ndef send(url, body, message):\n    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}\n                  for name, attribute in message.get('MessageAttributes', {}).items()}\n    ordering = {}\n    if url.endswith('.fifo'):\n        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],\n                    'MessageDeduplicationId': message['MessageId']}\n    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)"
        }
        outputs = [
          {
            Name     = "Retried"
            Selector = "$.Payload.Retried"
            Type     = "Integer"
          },
          {
            Name     = "Refused"
            Selector = "$.Payload.Refused"
            Type     = "String"
          },
        ]
      },
      {
        name   = "ReplayArchive"
        action = "aws:executeAwsApi"
        isEnd  = true
        inputs = {
          Service        = "events"
          Api            = "StartReplay"
          ReplayName     = "{{ ReplayName }}"
          EventSourceArn = "{{ ArchiveArn }}"
          EventStartTime = "{{ From }}"
          EventEndTime   = "{{ To }}"
          Destination = {
            Arn = "{{ BusArn }}"
          }
        }
        outputs = [
          {
            Name     = "ReplayArn"
            Selector = "$.ReplayArn"
            Type     = "String"
          },
        ]
      },
    ]
  })
  name = "external-api-runbook-document"
}

resource "aws_sqs_queue" "external_api_failures_queue" {
  tags = {
    runbook = aws_ssm_document.external_api_runbook_document.name
  }
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.foundation_key.arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "denyAll"
  })
}

resource "aws_sqs_queue_policy" "external_api_failures_queue_policy" {
  queue_url = aws_sqs_queue.external_api_failures_queue.id
  policy = jsonencode({
    Statement = [
      {
        Action = "sqs:*"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
        Effect = "Deny"
        Principal = {
          AWS = "*"
        }
        Resource = aws_sqs_queue.external_api_failures_queue.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_cloudwatch_metric_alarm" "external_api_failures_depth_alarm" {
  alarm_description = "Rotations of the external API key that failed. Runbook: SSM document ${aws_ssm_document.external_api_runbook_document.name}, Action RetryAll, QueueUrl ${aws_sqs_queue.external_api_failures_queue.id}"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.external_api_failures_queue.name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 60
  statistic           = "Maximum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "external-api-failures-depth-alarm"
}

resource "aws_cloudwatch_log_group" "external_api_rotation_logs" {
  retention_in_days = 90
  kms_key_id        = aws_kms_key.foundation_key.arn
}

resource "aws_iam_role_policy" "external_api_rotation_role" {
  role = aws_iam_role.external_api_rotation_role.name
  name = "Execution"
  policy = jsonencode({
    Statement = [
      {
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Effect   = "Allow"
        Resource = aws_cloudwatch_log_group.external_api_rotation_logs.arn
      },
      {
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Effect   = "Allow"
        Resource = "*"
      },
      {
        Action   = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:UnassignPrivateIpAddresses"]
        Effect   = "Allow"
        Resource = ["arn:aws:ec2:eu-west-1:111122223333:network-interface/*", "arn:aws:ec2:eu-west-1:111122223333:security-group/*", "arn:aws:ec2:eu-west-1:111122223333:subnet/*"]
      },
      {
        Action   = "ec2:DeleteNetworkInterface"
        Effect   = "Allow"
        Resource = "arn:aws:ec2:eu-west-1:111122223333:*/*"
      },
      {
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
        Condition = {
          ArnLike = {
            "lambda:SourceFunctionArn" = "arn:aws:lambda:*:111122223333:function:*"
          }
        }
        Effect   = "Deny"
        Resource = "*"
      },
      {
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Effect   = "Allow"
        Resource = aws_kms_key.foundation_key.arn
      },
      {
        Action   = "sqs:SendMessage"
        Effect   = "Allow"
        Resource = aws_sqs_queue.external_api_failures_queue.arn
      },
      {
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]
        Effect   = "Allow"
        Resource = aws_secretsmanager_secret.external_api_key.arn
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_iam_role" "external_api_rotation_role" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Action = "sts:AssumeRole"
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
      },
    ]
    Version = "2012-10-17"
  })
}

resource "aws_lambda_function" "external_api_rotation_function" {
  role                           = aws_iam_role.external_api_rotation_role.arn
  runtime                        = "nodejs22.x"
  handler                        = "index.handler"
  timeout                        = 30
  memory_size                    = 512
  s3_bucket                      = "cdk-hnb659fds-assets-111122223333-eu-west-1"
  s3_key                         = "53c77e611a860a8df49c87e3e329dbfe88255142d32f6c0b8b084088f2ed1dac.zip"
  architectures                  = ["arm64"]
  kms_key_arn                    = aws_kms_key.foundation_key.arn
  code_signing_config_arn        = aws_lambda_code_signing_config.code_signing_config.arn
  reserved_concurrent_executions = 1
  environment {
    variables = {
      POWERTOOLS_SERVICE_NAME      = "rotate-api-key"
      POWERTOOLS_METRICS_NAMESPACE = "Headgate/Orders"
      POWERTOOLS_LOG_LEVEL         = "INFO"
      AWS_RETRY_MODE               = "standard"
      AWS_MAX_ATTEMPTS             = "3"
      EXTERNAL_API_URL             = "https://pricing.example.com"
    }
  }
  tracing_config {
    mode = "Active"
  }
  vpc_config {
    subnet_ids         = [aws_subnet.foundation_network_vpc_egress_subnet1_subnet.id, aws_subnet.foundation_network_vpc_egress_subnet2_subnet.id]
    security_group_ids = [aws_security_group.foundation_network_egress_group.id]
  }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.external_api_rotation_logs.name
  }
  function_name = "external-api-rotation-function"
}

resource "aws_lambda_function_recursion_config" "external_api_rotation_function" {
  function_name  = aws_lambda_function.external_api_rotation_function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_function_event_invoke_config" "external_api_rotation_function_event_invoke_config" {
  function_name                = aws_lambda_function.external_api_rotation_function.function_name
  qualifier                    = "$LATEST"
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 7200
  destination_config {
    on_failure {
      destination = aws_sqs_queue.external_api_failures_queue.arn
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "external_api_rotation_error_rate_alarm" {
  alarm_description   = "More than 5 % of the invocations of rotate-api-key fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "expr_1"
    expression  = "100 * errors / MAX([invocations, 1])"
    return_data = true
  }
  metric_query {
    id          = "errors"
    return_data = false
    metric {
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.external_api_rotation_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  metric_query {
    id          = "invocations"
    return_data = false
    metric {
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      dimensions = {
        FunctionName = aws_lambda_function.external_api_rotation_function.function_name
      }
      stat   = "Sum"
      period = 300
    }
  }
  alarm_name = "external-api-rotation-error-rate-alarm"
}

resource "aws_cloudwatch_metric_alarm" "external_api_rotation_throttle_alarm" {
  alarm_description = "rotate-api-key needs more than its 1 reserved executions"
  namespace         = "AWS/Lambda"
  metric_name       = "Throttles"
  dimensions = {
    FunctionName = aws_lambda_function.external_api_rotation_function.function_name
  }
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  statistic           = "Sum"
  alarm_actions       = [aws_sns_topic.foundation_operations_alarms.arn]
  ok_actions          = [aws_sns_topic.foundation_operations_alarms.arn]
  treat_missing_data  = "notBreaching"
  alarm_name          = "external-api-rotation-throttle-alarm"
}

resource "aws_cloudwatch_dashboard" "external_api_observability_dashboard" {
  dashboard_body = "{\"start\":\"-PT3H\",\"widgets\":[{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":0,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Rotation: invocations, throttles\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.external_api_rotation_function.function_name}\",{\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Throttles\",\"FunctionName\",\"${aws_lambda_function.external_api_rotation_function.function_name}\",{\"stat\":\"Sum\"}]],\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":6,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Rotation: error rate, at most 5 %\",\"region\":\"eu-west-1\",\"metrics\":[[{\"label\":\"Error rate (%)\",\"expression\":\"100 * errors / MAX([invocations, 1])\"}],[\"AWS/Lambda\",\"Errors\",\"FunctionName\",\"${aws_lambda_function.external_api_rotation_function.function_name}\",{\"id\":\"errors\",\"visible\":false,\"stat\":\"Sum\"}],[\"AWS/Lambda\",\"Invocations\",\"FunctionName\",\"${aws_lambda_function.external_api_rotation_function.function_name}\",{\"id\":\"invocations\",\"visible\":false,\"stat\":\"Sum\"}]],\"annotations\":{\"horizontal\":[{\"value\":5,\"label\":\"Alarm\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":6,\"height\":6,\"x\":12,\"y\":0,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Rotation: duration\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.external_api_rotation_function.function_name}\",{\"stat\":\"p50\"}],[\"AWS/Lambda\",\"Duration\",\"FunctionName\",\"${aws_lambda_function.external_api_rotation_function.function_name}\",{\"stat\":\"p99\"}]],\"annotations\":{\"horizontal\":[{\"value\":30000,\"label\":\"Time-out\",\"yAxis\":\"left\"}]},\"yAxis\":{}}},{\"type\":\"metric\",\"width\":12,\"height\":6,\"x\":0,\"y\":6,\"properties\":{\"view\":\"timeSeries\",\"title\":\"Dead letters: anything above 0 is an incident\",\"region\":\"eu-west-1\",\"metrics\":[[\"AWS/SQS\",\"ApproximateNumberOfMessagesVisible\",\"QueueName\",\"${aws_sqs_queue.external_api_failures_queue.name}\",{\"stat\":\"Maximum\"}]],\"yAxis\":{}}},{\"type\":\"alarm\",\"width\":12,\"height\":3,\"x\":12,\"y\":6,\"properties\":{\"title\":\"Alarms\",\"alarms\":[\"${aws_cloudwatch_metric_alarm.external_api_failures_depth_alarm.arn}\"]}}]}"
  dashboard_name = "external-api-observability-dashboard"
}

resource "aws_cloudwatch_query_definition" "external_api_observability_errors_query" {
  name            = "HeadgateFoundation/errors-by-correlation-id"
  query_string    = "fields @timestamp, service, correlation_id, message, error.name, error.message, xray_trace_id\n| filter level = \"ERROR\"\n| sort @timestamp desc\n| limit 100"
  log_group_names = [aws_cloudwatch_log_group.external_api_rotation_logs.name]
}

resource "aws_cloudwatch_query_definition" "external_api_observability_slowest_query" {
  name            = "HeadgateFoundation/slowest-invocations"
  query_string    = "fields @timestamp, @log, record.metrics.durationMs, record.metrics.initDurationMs, record.requestId\n| filter type = \"platform.report\"\n| sort record.metrics.durationMs desc\n| limit 50"
  log_group_names = [aws_cloudwatch_log_group.external_api_rotation_logs.name]
}

resource "aws_lambda_permission" "external_api_rotation_permission" {
  function_name  = aws_lambda_function.external_api_rotation_function.arn
  action         = "lambda:InvokeFunction"
  principal      = "secretsmanager.amazonaws.com"
  source_arn     = aws_secretsmanager_secret.external_api_key.arn
  source_account = "111122223333"
}

resource "aws_secretsmanager_secret_rotation" "external_api_schedule" {
  secret_id           = aws_secretsmanager_secret.external_api_key.arn
  rotation_lambda_arn = aws_lambda_function.external_api_rotation_function.arn
  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_acm_certificate" "certificate" {
  domain_name       = "orders.example.com"
  validation_method = "DNS"
}

resource "aws_api_gateway_rest_api" "api" {
  name                         = "Api"
  disable_execute_api_endpoint = true
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "apiorders" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}

resource "aws_lambda_permission" "apiorders_postapi_permission_headgate_api6_f6_c8_cc8_postorders" {
  function_name = aws_lambda_function.api_order_api_function.function_name
  qualifier     = aws_lambda_alias.api_order_api_live.name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "arn:aws:execute-api:eu-west-1:111122223333:${aws_api_gateway_rest_api.api.id}/${aws_api_gateway_stage.api_deployment_stagelive.stage_name}/POST/orders"
}

resource "aws_api_gateway_method" "apiorders_post" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.apiorders.id
  http_method          = "POST"
  authorization        = "COGNITO_USER_POOLS"
  authorizer_id        = aws_api_gateway_authorizer.api_authorizer.id
  api_key_required     = true
  authorization_scopes = ["orders/write"]
  request_validator_id = aws_api_gateway_request_validator.api_validator.id
  request_models = {
    "application/json" = aws_api_gateway_model.api_order.name
  }
  request_parameters = {
    "method.request.header.Idempotency-Key" = true
  }
}

resource "aws_api_gateway_integration" "apiorders_post" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.apiorders.id
  http_method             = aws_api_gateway_method.apiorders_post.http_method
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_alias.api_order_api_live.arn}/invocations"
  integration_http_method = "POST"
  timeout_milliseconds    = 20000
}

resource "aws_api_gateway_resource" "apiordersorder_id" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.apiorders.id
  path_part   = "{orderId}"
}

resource "aws_lambda_permission" "apiordersorder_id_getapi_permission_headgate_api6_f6_c8_cc8_getordersorder_id" {
  function_name = aws_lambda_function.api_order_api_function.function_name
  qualifier     = aws_lambda_alias.api_order_api_live.name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "arn:aws:execute-api:eu-west-1:111122223333:${aws_api_gateway_rest_api.api.id}/${aws_api_gateway_stage.api_deployment_stagelive.stage_name}/GET/orders/*"
}

resource "aws_api_gateway_method" "apiordersorder_id_get" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  resource_id          = aws_api_gateway_resource.apiordersorder_id.id
  http_method          = "GET"
  authorization        = "COGNITO_USER_POOLS"
  authorizer_id        = aws_api_gateway_authorizer.api_authorizer.id
  api_key_required     = true
  authorization_scopes = ["orders/read"]
  request_validator_id = aws_api_gateway_request_validator.api_validator.id
  request_parameters = {
    "method.request.path.orderId" = true
  }
}

resource "aws_api_gateway_integration" "apiordersorder_id_get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.apiordersorder_id.id
  http_method             = aws_api_gateway_method.apiordersorder_id_get.http_method
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_alias.api_order_api_live.arn}/invocations"
  integration_http_method = "POST"
  timeout_milliseconds    = 20000
}

resource "aws_eip" "nat_1" {
  domain = "vpc"
}

resource "aws_eip" "nat_2" {
  domain = "vpc"
}

resource "aws_xray_resource_policy" "topic_tracing" {
  policy_name = "orders-topics"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = ["xray:PutTraceSegments", "xray:GetSamplingRules", "xray:GetSamplingTargets"]
      Resource  = "*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = "111122223333" }
        StringLike   = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:*" }
      }
    }]
  })
}
