import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { SecurityHub, type AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { SQS } from '@aws-sdk/client-sqs';
import { STS } from '@aws-sdk/client-sts';
import type { LocalAws } from './local-aws.ts';

/** A member account of the local organization, seen with its own credentials. */
export interface Member {
  readonly lambda: Lambda;
  readonly sqs: SQS;
  readonly securityHub: SecurityHub;
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
/** The smallest zip file there is: an empty archive. */
const emptyZip = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);

/** Opens a member account, and fills it with functions that have everything wrong. */
export async function seedMember(
  aws: LocalAws,
  account: string,
  region: string,
  functions: number,
): Promise<Member> {
  const config = await memberConfig(aws, account, region);
  const lambda = new Lambda(config);
  const { Role } = await new IAM(config).createRole({
    RoleName: `orders-${region}`,
    AssumeRolePolicyDocument: trust,
  });
  for (let index = 0; index < functions; index++)
    await lambda.createFunction({
      FunctionName: `orders-${index}`,
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: emptyZip },
    });
  const securityHub = new SecurityHub(config);
  await securityHub.enableSecurityHub({});
  return { lambda, sqs: new SQS(config), securityHub };
}

/** Every finding that the Security Hub of a member account holds in a Region. */
export async function findingsOf(
  aws: LocalAws,
  account: string,
  region: string,
): Promise<readonly AwsSecurityFinding[]> {
  const client = new SecurityHub(await memberConfig(aws, account, region));
  const findings: AwsSecurityFinding[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.getFindings({ MaxResults: 100, NextToken });
    findings.push(...(page.Findings ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return findings;
}

async function memberConfig(aws: LocalAws, account: string, region: string) {
  const { Credentials } = await new STS(aws.config(region)).assumeRole({
    RoleArn: `arn:aws:iam::${account}:role/HeadgateAuditMember`,
    RoleSessionName: 'seed',
  });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  return { ...aws.config(region), credentials };
}
