import type { CodeCapability } from '../model/resource.ts';

/** How a capability shows in code: as a dependency by name, or as text. Patterns are linear in the text. */
export interface CodeSign {
  readonly capability: CodeCapability;
  /** Names in package.json, requirements.txt, pyproject.toml, and artifacts in pom.xml or build.gradle. A trailing slash matches a whole npm scope. */
  readonly dependencies: readonly string[];
  /** Texts, any of which shows it. */
  readonly texts: readonly string[];
  /** Where plain text would also match a library's own source inside a bundle. */
  readonly patterns: readonly RegExp[];
}

/**
 * Signs by the documentation of Powertools for AWS Lambda (TypeScript, Python, Java and .NET), AWS X-Ray,
 * the CloudWatch embedded metric format, the AWS Encryption SDKs and the best-known circuit
 * breakers, read 2026-11. A sign shows that something is used, not that it is used well.
 */
export const codeSigns: readonly CodeSign[] = [
  {
    capability: 'logger',
    dependencies: [
      '@aws-lambda-powertools/logger',
      'pino',
      'winston',
      'structlog',
      'powertools-logging',
      'powertools-logging-log4j',
      'powertools-logging-logback',
    ],
    texts: [
      '@aws-lambda-powertools/logger',
      'aws_lambda_powertools.logging',
      'AWS.Lambda.Powertools.Logging',
      'software.amazon.lambda.powertools.logging',
    ],
    patterns: [/aws_lambda_powertools import [^\n]{0,200}\bLogger\b/],
  },
  {
    capability: 'correlation',
    dependencies: [],
    texts: [
      'correlation_id_path',
      'correlationIdPath',
      'set_correlation_id',
      'setCorrelationId',
      'correlation_paths',
      'correlationId',
      'correlation_id',
      'x-correlation-id',
    ],
    patterns: [],
  },
  {
    capability: 'tracer',
    dependencies: [
      '@aws-lambda-powertools/tracer',
      'aws-xray-sdk',
      'aws-xray-sdk-core',
      '@opentelemetry/',
      'opentelemetry-api',
      'opentelemetry-sdk',
      'powertools-tracing',
      'aws-xray-recorder-sdk-core',
    ],
    texts: [
      '@aws-lambda-powertools/tracer',
      'aws_lambda_powertools.tracing',
      'aws-xray-sdk',
      'aws_xray_sdk',
      '@opentelemetry/',
      'software.amazon.lambda.powertools.tracing',
      'com.amazonaws.xray',
    ],
    patterns: [/aws_lambda_powertools import [^\n]{0,200}\bTracer\b/, /from opentelemetry\b/],
  },
  {
    capability: 'metrics',
    dependencies: ['@aws-lambda-powertools/metrics', 'aws-embedded-metrics', 'powertools-metrics'],
    texts: [
      '@aws-lambda-powertools/metrics',
      'aws_lambda_powertools.metrics',
      'aws-embedded-metrics',
      'aws_embedded_metrics',
      'CloudWatchMetrics',
      'software.amazon.lambda.powertools.metrics',
      'software.amazon.cloudwatchlogs.emf',
    ],
    patterns: [/aws_lambda_powertools import [^\n]{0,200}\bMetrics\b/],
  },
  {
    capability: 'idempotency',
    dependencies: [
      '@aws-lambda-powertools/idempotency',
      '@middy/idempotency',
      'powertools-idempotency',
      'powertools-idempotency-core',
      'powertools-idempotency-dynamodb',
    ],
    texts: [
      '@aws-lambda-powertools/idempotency',
      'aws_lambda_powertools.utilities.idempotency',
      'makeIdempotent',
      'makeHandlerIdempotent',
      'idempotent_function',
      'IdempotencyConfig',
      'software.amazon.lambda.powertools.idempotency',
    ],
    patterns: [],
  },
  {
    capability: 'batch',
    dependencies: ['@aws-lambda-powertools/batch', 'powertools-batch'],
    texts: [
      '@aws-lambda-powertools/batch',
      'aws_lambda_powertools.utilities.batch',
      'processPartialResponse',
      'process_partial_response',
      'BatchProcessor',
      'batchItemFailures',
      'software.amazon.lambda.powertools.batch',
    ],
    patterns: [],
  },
  {
    capability: 'parameters',
    dependencies: [
      '@aws-lambda-powertools/parameters',
      'aws-secretsmanager-caching',
      'powertools-parameters',
      'powertools-parameters-secrets',
      'powertools-parameters-ssm',
      'aws-secretsmanager-caching-java',
    ],
    texts: [
      '@aws-lambda-powertools/parameters',
      'aws_lambda_powertools.utilities.parameters',
      'aws_secretsmanager_caching',
      'localhost:2773',
      'software.amazon.lambda.powertools.parameters',
      'com.amazonaws.secretsmanager.caching',
    ],
    patterns: [/aws_lambda_powertools\.utilities import [^\n]{0,200}\bparameters\b/],
  },
  {
    capability: 'retry',
    dependencies: [
      'p-retry',
      'async-retry',
      'exponential-backoff',
      'cockatiel',
      'tenacity',
      'backoff',
      'resilience4j-retry',
    ],
    texts: [
      'retry_mode',
      'max_attempts',
      'p-retry',
      'async-retry',
      'exponential-backoff',
      'from tenacity',
      'import backoff',
      'io.github.resilience4j.retry',
    ],
    patterns: [/\bmaxAttempts: ?\d/, /\bretryMode: ?['"]/],
  },
  {
    capability: 'circuit-breaker',
    dependencies: [
      'opossum',
      'cockatiel',
      'circuitbreaker',
      'pybreaker',
      'aiobreaker',
      'resilience4j-circuitbreaker',
    ],
    texts: [
      'opossum',
      'cockatiel',
      'CircuitBreaker',
      'circuitBreaker',
      'circuit_breaker',
      'pybreaker',
      'io.github.resilience4j.circuitbreaker',
    ],
    patterns: [],
  },
  {
    capability: 'transactions',
    dependencies: [],
    texts: ['transact_write_items', 'transactWriteItems(', 'transactWrite(', 'TransactWriteItemsRequest'],
    // The document client's own source wraps the low-level command with `this.input`.
    patterns: [/new (?:[\w$]{1,60}\.)?TransactWrite(?:Items)?Command\((?!this\.)/],
  },
  {
    capability: 'field-encryption',
    dependencies: [
      '@aws-crypto/',
      'aws-encryption-sdk',
      'aws-dbesdk-dynamodb',
      'dynamodb-encryption-sdk',
      'aws-database-encryption-sdk-dynamodb',
      'aws-encryption-sdk-java',
      'aws-database-encryption-sdk-dynamodb',
    ],
    texts: [
      '@aws-crypto/client-node',
      'aws_encryption_sdk',
      'aws-dbesdk',
      'aws_dbesdk',
      'dynamodb_encryption_sdk',
      'generate_data_key',
      'generateDataKey(',
      'com.amazonaws.encryptionsdk',
      'GenerateDataKeyRequest',
    ],
    patterns: [
      /new (?:[\w$]{1,60}\.)?GenerateDataKey(?:WithoutPlaintext)?Command\((?!this\.)/,
      /new (?:[\w$]{1,60}\.)?EncryptCommand\((?!this\.)/,
    ],
  },
];
