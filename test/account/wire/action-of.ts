import { wildcardMatches } from '../../../src/model/wildcard.ts';
import type { Received } from './recording-proxy.ts';

/** What IAM would ask before it lets a request through. */
export interface Asked {
  readonly action: string;
  /** Of API Gateway, whose actions are the methods of HTTP. */
  readonly resource?: string;
}

/** IAM prefixes of services that sign under another name. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** Services whose operations are named by method and path alone (their API references, 2026-11). */
const byPath: Readonly<Record<string, readonly (readonly [path: RegExp, action: string])[]>> = {
  lambda: [
    [/^GET \/[\d-]+\/functions$/, 'ListFunctions'],
    [/^GET \/[\d-]+\/event-source-mappings$/, 'ListEventSourceMappings'],
    [/^GET \/[\d-]+\/code-signing-configs$/, 'ListCodeSigningConfigs'],
    [/^GET \/[\d-]+\/functions\/[^/]+\/aliases$/, 'ListAliases'],
    [/^GET \/[\d-]+\/functions\/[^/]+\/versions$/, 'ListVersionsByFunction'],
    [/^GET \/[\d-]+\/functions\/[^/]+\/policy(\?Qualifier=.*)?$/, 'GetPolicy'],
    [/^GET \/[\d-]+\/functions\/[^/]+\/urls$/, 'ListFunctionUrlConfigs'],
    [/^GET \/[\d-]+\/functions\/[^/]+\/concurrency$/, 'GetFunctionConcurrency'],
    [
      /^GET \/[\d-]+\/functions\/[^/]+\/provisioned-concurrency\?List=ALL$/,
      'ListProvisionedConcurrencyConfigs',
    ],
    [/^GET \/[\d-]+\/functions\/[^/]+\/event-invoke-config\/list$/, 'ListFunctionEventInvokeConfigs'],
    [/^GET \/[\d-]+\/tags\//, 'ListTags'],
  ],
  s3: [
    [/^GET \/\?.*ListBuckets/, 'ListAllMyBuckets'],
    [/^GET \/v20180820\/configuration\/publicAccessBlock$/, 'GetAccountPublicAccessBlock'],
    [/^GET \/[^/]+\/\?encryption/, 'GetEncryptionConfiguration'],
    [/^GET \/[^/]+\/\?logging/, 'GetBucketLogging'],
    [/^GET \/[^/]+\/\?notification/, 'GetBucketNotification'],
    [/^GET \/[^/]+\/\?ownershipControls/, 'GetBucketOwnershipControls'],
    [/^GET \/[^/]+\/\?policy/, 'GetBucketPolicy'],
    [/^GET \/[^/]+\/\?publicAccessBlock/, 'GetBucketPublicAccessBlock'],
    [/^GET \/[^/]+\/\?versioning/, 'GetBucketVersioning'],
  ],
  pipes: [
    [/^GET \/v1\/pipes(\?.*)?$/, 'ListPipes'],
    [/^GET \/v1\/pipes\/[^/]+$/, 'DescribePipe'],
  ],
  scheduler: [
    [/^GET \/schedules(\?.*)?$/, 'ListSchedules'],
    [/^GET \/schedules\/[^/]+$/, 'GetSchedule'],
  ],
  cloudfront: [
    [/^GET \/[\d-]+\/distribution(\?.*)?$/, 'ListDistributions'],
    [/^GET \/[\d-]+\/distribution\/[^/]+\/config$/, 'GetDistributionConfig'],
  ],
  securityhub: [
    [/^GET \/accounts$/, 'DescribeHub'],
    [/^POST \/standards\/get$/, 'GetEnabledStandards'],
  ],
};

/** The IAM action of a request, worked out from the wire alone; one that nothing allows where it is not known. */
export function askedOf({ service, method, url, named }: Received): Asked {
  if (service === 'apigateway') {
    // ARNs of version 2 leave the version out.
    const [path = ''] = url.replace(/^\/v2\//, '/').split('?');
    return { action: `apigateway:${method}`, resource: `arn:aws:apigateway:us-east-1::${path}` };
  }
  const found = byPath[service]?.find(([path]) => path.test(`${method} ${url}`))?.[1];
  return { action: `${prefixes[service] ?? service}:${named ?? found ?? `${method} ${url}`}` };
}

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** Whether a policy of allowing statements allows the request. */
export function allows(statements: readonly Statement[], { action, resource = '' }: Asked): boolean {
  const fits = (pattern: string): boolean => pattern === '*' || wildcardMatches(pattern, resource);
  return statements.some((each) => each.Action.includes(action) && each.Resource.some(fits));
}
