import type { CodeCapability } from '../model/resource.ts';

/** How a capability shows in code: as a dependency by name, or as text. Patterns are linear in the text. */
export interface CodeSign {
  readonly capability: CodeCapability;
  /** Names in package.json, requirements.txt or pyproject.toml. A trailing slash matches a whole npm scope. */
  readonly dependencies: readonly string[];
  /** Texts, any of which shows it. */
  readonly texts: readonly string[];
  /** Where plain text would also match a library's own source inside a bundle. */
  readonly patterns: readonly RegExp[];
}

/**
 * Signs by the documentation of Powertools for AWS Lambda (TypeScript and Python), AWS X-Ray,
 * the CloudWatch embedded metric format, the AWS Encryption SDKs and the best-known circuit
 * breakers, read 2026-11. A sign shows that something is used, not that it is used well.
 */
export const codeSigns: readonly CodeSign[] = [
  {
    capability: 'logger',
    dependencies: ['@aws-lambda-powertools/logger', 'pino', 'winston', 'structlog'],
    texts: [
      '@aws-lambda-powertools/logger',
      'aws_lambda_powertools.logging',
      'AWS.Lambda.Powertools.Logging',
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
    ],
    texts: [
      '@aws-lambda-powertools/tracer',
      'aws_lambda_powertools.tracing',
      'aws-xray-sdk',
      'aws_xray_sdk',
      '@opentelemetry/',
    ],
    patterns: [/aws_lambda_powertools import [^\n]{0,200}\bTracer\b/, /from opentelemetry\b/],
  },
  {
    capability: 'metrics',
    dependencies: ['@aws-lambda-powertools/metrics', 'aws-embedded-metrics'],
    texts: [
      '@aws-lambda-powertools/metrics',
      'aws_lambda_powertools.metrics',
      'aws-embedded-metrics',
      'aws_embedded_metrics',
      'CloudWatchMetrics',
    ],
    patterns: [/aws_lambda_powertools import [^\n]{0,200}\bMetrics\b/],
  },
  {
    capability: 'idempotency',
    dependencies: ['@aws-lambda-powertools/idempotency', '@middy/idempotency'],
    texts: [
      '@aws-lambda-powertools/idempotency',
      'aws_lambda_powertools.utilities.idempotency',
      'makeIdempotent',
      'makeHandlerIdempotent',
      'idempotent_function',
      'IdempotencyConfig',
    ],
    patterns: [],
  },
  {
    capability: 'batch',
    dependencies: ['@aws-lambda-powertools/batch'],
    texts: [
      '@aws-lambda-powertools/batch',
      'aws_lambda_powertools.utilities.batch',
      'processPartialResponse',
      'process_partial_response',
      'BatchProcessor',
      'batchItemFailures',
    ],
    patterns: [],
  },
  {
    capability: 'parameters',
    dependencies: ['@aws-lambda-powertools/parameters', 'aws-secretsmanager-caching'],
    texts: [
      '@aws-lambda-powertools/parameters',
      'aws_lambda_powertools.utilities.parameters',
      'aws_secretsmanager_caching',
      'localhost:2773',
    ],
    patterns: [/aws_lambda_powertools\.utilities import [^\n]{0,200}\bparameters\b/],
  },
  {
    capability: 'retry',
    dependencies: ['p-retry', 'async-retry', 'exponential-backoff', 'cockatiel', 'tenacity', 'backoff'],
    texts: [
      'retry_mode',
      'max_attempts',
      'p-retry',
      'async-retry',
      'exponential-backoff',
      'from tenacity',
      'import backoff',
    ],
    patterns: [/\bmaxAttempts: ?\d/, /\bretryMode: ?['"]/],
  },
  {
    capability: 'circuit-breaker',
    dependencies: ['opossum', 'cockatiel', 'circuitbreaker', 'pybreaker', 'aiobreaker'],
    texts: ['opossum', 'cockatiel', 'CircuitBreaker', 'circuitBreaker', 'circuit_breaker', 'pybreaker'],
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
    ],
    texts: [
      '@aws-crypto/client-node',
      'aws_encryption_sdk',
      'aws-dbesdk',
      'aws_dbesdk',
      'dynamodb_encryption_sdk',
      'generate_data_key',
      'generateDataKey(',
    ],
    patterns: [
      /new (?:[\w$]{1,60}\.)?GenerateDataKey(?:WithoutPlaintext)?Command\((?!this\.)/,
      /new (?:[\w$]{1,60}\.)?EncryptCommand\((?!this\.)/,
    ],
  },
];
