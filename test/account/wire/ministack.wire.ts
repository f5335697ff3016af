import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import { installMinistack, startMinistack } from '../../stack/deployed/ministack.mjs';
import { startHeadgate } from './command.ts';
import { emptyZip } from './seed.ts';

const missing = await installMinistack();
if (missing !== undefined)
  console.log(`skipped, not passed: a second local AWS endpoint is needed, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'us-east-1';
const account = '123456789012';

/** What moto lacks: deployments that show which methods they have (not how they are authorized), and lists of function URLs. */
describeOnWire('an account on an endpoint that shows what is deployed', () => {
  let server: Awaited<ReturnType<typeof startMinistack>>;
  let folder: string;
  let result: ScanResult;

  beforeAll(async () => {
    server = await startMinistack([]);
    folder = await mkdtemp(join(tmpdir(), 'headgate-ministack-'));
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    const at = { region, endpoint: server.endpoint, credentials };
    const Role = await seedRole(new IAM(at));
    await seedFunctions(new Lambda(at), Role);
    await seedApi(new APIGateway(at));
    const place = ['--endpoint', server.endpoint, '--region', region, '--rate', 'all'];
    await startHeadgate(folder, 'audit', ...place, '--format', 'json', '--output', 'all.json', '--quiet')
      .ended;
    result = JSON.parse(await readFile(join(folder, 'all.json'), 'utf8')) as ScanResult; // its own format
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const verdictOf = (rule: string, name: RegExp): string =>
    result.evaluations
      .filter(({ ruleId, resource }) => ruleId === rule && name.test(resource.name))
      .map(({ verdict }) => verdict)
      .join();

  it('is judged by the methods that a stage serves, not by their draft', () => {
    expect(verdictOf('api.authorizer.present', /GET \/closed-since/)).toBe('fail');
    expect(verdictOf('api.authorizer.present.deployed', /^orders\/prod$/)).toBe('fail');
    // It is not deployed yet.
    expect(verdictOf('api.authorizer.present', /GET \/new/)).toBe('');
  });

  it('is judged by the version that an alias serves, not by $LATEST', () => {
    expect(verdictOf('all.lambda.runtime', /^behind/)).toBe('fail');
    expect(verdictOf('all.lambda.no-plaintext-secrets', /^behind/)).toBe('fail');
    expect(verdictOf('all.lambda.runtime', /^ahead/)).toBe('pass');
    expect(verdictOf('all.lambda.tracing', /^ahead/)).toBe('pass');
  });

  it('shows its function URLs, which start flows', () => {
    expect(result.flows.map(({ entry }) => `${entry.type} ${entry.name}`)).toContain(
      'AWS::Lambda::Url linked',
    );
    expect(verdictOf('api.authorizer.present.function-url', /^linked/)).toBe('fail');
  });

  it('is audited in one flow with the same results and fewer calls', async () => {
    const arn = `arn:aws:lambda:${region}:${account}:function:behind`;
    const slice = ['--resource', arn, '--endpoint', server.endpoint, '--rate', 'all'];
    const { err } = await startHeadgate(
      folder,
      ...['audit', ...slice, '--format', 'json', '--output', 'slice.json'],
    ).ended;
    const part = JSON.parse(await readFile(join(folder, 'slice.json'), 'utf8')) as ScanResult;
    const whole = new Map(
      result.evaluations.map((each) => [`${each.ruleId} ${each.resource.id}`, each.verdict]),
    );
    for (const { ruleId, resource, verdict } of part.evaluations)
      if (verdict !== 'unknown') expect(whole.get(`${ruleId} ${resource.id}`)).toBe(verdict);
    expect(part.evaluations.length).toBeGreaterThan(20);
    expect(part.ruleSet.selection?.slice).toEqual([`--resource ${arn}`]);
    expect(err).toMatch(/\(\d+ calls\)/);
  });
});

async function seedRole(iam: IAM): Promise<string> {
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role } = await iam.createRole({ RoleName: 'orders', AssumeRolePolicyDocument });
  return Role?.Arn ?? '';
}

/** `behind`: an alias serves an old version. `ahead`: the alias serves a sound version, and the draft is not. */
async function seedFunctions(lambda: Lambda, Role: string): Promise<void> {
  const code = { Handler: 'app.handler', Role, Code: { ZipFile: emptyZip } };
  const old = {
    Runtime: 'nodejs14.x',
    Environment: { Variables: { DB_PASSWORD: 'Tr0ub4dor&3-horse-9' } },
  } as const;
  const sound = { Runtime: 'nodejs22.x', Environment: { Variables: {} } } as const;
  for (const [FunctionName, served, draft, mode] of [
    ['behind', old, sound, 'PassThrough'],
    ['ahead', sound, old, 'Active'],
  ] as const) {
    await lambda.createFunction({ FunctionName, ...code, ...served, TracingConfig: { Mode: mode } });
    const { Version: FunctionVersion } = await lambda.publishVersion({ FunctionName });
    await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion });
    await lambda.updateFunctionConfiguration({
      FunctionName,
      ...draft,
      TracingConfig: { Mode: 'PassThrough' },
    });
  }
  await lambda.createFunction({ FunctionName: 'linked', ...code, ...sound });
  await lambda.createFunctionUrlConfig({ FunctionName: 'linked', AuthType: 'NONE' });
}

/** `closed-since` is served open, and closed in the draft; `new` is not served yet. */
async function seedApi(gateway: APIGateway): Promise<void> {
  const { id: restApiId = '' } = await gateway.createRestApi({ name: 'orders' });
  const { items = [] } = await gateway.getResources({ restApiId });
  const add = async (pathPart: string): Promise<string | undefined> => {
    const { id } = await gateway.createResource({ restApiId, parentId: items[0]?.id, pathPart });
    return id;
  };
  const put = async (
    resourceId: string | undefined,
    authorizationType: string,
    to: string,
  ): Promise<void> => {
    const method = { restApiId, resourceId, httpMethod: 'GET' };
    const uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:${account}:function:${to}/invocations`;
    await gateway.putMethod({ ...method, authorizationType });
    await gateway.putIntegration({ ...method, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri });
  };
  const [closed, other] = [await add('closed-since'), await add('other')];
  await put(closed, 'NONE', 'behind:live');
  await put(other, 'NONE', 'ahead:live');
  const { id: deploymentId } = await gateway.createDeployment({ restApiId });
  await gateway.createStage({ restApiId, stageName: 'prod', deploymentId });
  await gateway.deleteMethod({ restApiId, resourceId: closed, httpMethod: 'GET' });
  await put(closed, 'AWS_IAM', 'behind:live');
  await put(await add('new'), 'NONE', 'ahead:live');
}
