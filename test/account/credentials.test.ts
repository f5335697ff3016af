import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { collectAccount } from '../../src/account/collect-account.ts';
import { ownRegion } from '../../src/account/own-region.ts';
import { chooseCredentials, type CredentialOptions } from '../../src/account/credentials.ts';
import type { AwsKeys } from '../../src/account/collector.ts';
import { needsOf } from '../../src/app/needs.ts';

const role = 'arn:aws:iam::111122223333:role/auditor';
const environment = { ...process.env };

/** What STS answers a wish for a role with. */
const answer = (
  action: string,
): string => `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<${action}Result><Credentials><AccessKeyId>ASIA${action}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><Arn>${role}/headgate</Arn><AssumedRoleId>A:headgate</AssumedRoleId></AssumedRoleUser>
</${action}Result></${action}Response>`;

/** The requests go to a server of the test's own, on the loopback interface. */
describe('credentials', () => {
  let sts: Server;
  let folder: string;
  let asked: URLSearchParams[];
  let signedBy: (string | undefined)[];
  let signedFor: (string | undefined)[];
  let refusal: string | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-credentials-'));
    sts = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        const parameters = new URLSearchParams(body);
        asked.push(parameters);
        const [, key, region] =
          /Credential=([^/]+)\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
        signedBy.push(key);
        signedFor.push(region);
        response.statusCode = refusal === undefined ? 200 : 403;
        response.setHeader('content-type', 'text/xml').end(refusal ?? answer(parameters.get('Action') ?? ''));
      });
    });
    await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
    await writeFile(join(folder, 'token'), 'a-token');
    await writeFile(
      join(folder, 'config'),
      `[profile audited]
region = eu-west-1
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = s
[profile chained]
role_arn = ${role}
source_profile = audited
external_id = 42
[profile company]
sso_session = company
sso_account_id = 111122223333
sso_role_name = Auditor
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = eu-west-1
`,
    );
  });
  beforeEach(() => {
    asked = [];
    signedBy = [];
    signedFor = [];
    refusal = undefined;
    const { port } = sts.address() as AddressInfo; // it listens on a port
    process.env = {
      ...environment,
      AWS_ACCESS_KEY_ID: 'AKIACALLER',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}`,
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
      HOME: folder, // where tokens of SSO would be
    };
  });
  afterAll(async () => {
    process.env = environment;
    await new Promise((resolve) => sts.close(resolve));
    await rm(folder, { recursive: true });
  });

  const keysFor = async (options: Partial<CredentialOptions>): Promise<AwsKeys> => {
    const credentials = await chooseCredentials({ region: 'eu-west-1', ...options });
    return typeof credentials === 'function' ? credentials() : credentials;
  };

  it('are those of the environment where nothing else is said', async () => {
    expect((await keysFor({})).accessKeyId).toBe('AKIACALLER');
    expect(asked).toEqual([]);
  });

  it('are those of the profile that is named', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    expect((await keysFor({ profile: 'audited' })).accessKeyId).toBe('AKIAPROFILE');
  });

  it('of a role are asked for with the caller, the external id and the session name', async () => {
    const keys = await keysFor({ roleArn: role, externalId: '42' });
    expect(keys).toMatchObject({ accessKeyId: 'ASIAAssumeRole', sessionToken: 't' });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: role,
      ExternalId: '42',
      RoleSessionName: 'headgate',
    });
    expect(signedBy).toEqual(['AKIACALLER']);
  });

  it('of a role are asked for with the profile that is named beside it', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    await keysFor({ roleArn: role, profile: 'audited' });
    expect(signedBy).toEqual(['AKIAPROFILE']);
    expect(asked[0]?.has('ExternalId')).toBe(false);
  });

  it('of a web identity are asked for with the token, unsigned', async () => {
    const keys = await keysFor({ roleArn: role, webIdentityTokenFile: join(folder, 'token') });
    expect(keys.accessKeyId).toBe('ASIAAssumeRoleWithWebIdentity');
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role,
      WebIdentityToken: 'a-token',
      RoleSessionName: 'headgate',
    });
    expect(signedBy).toEqual([undefined]);
  });

  it('of a role that the profile names are asked for with the profile beside it', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    expect((await keysFor({ profile: 'chained' })).accessKeyId).toBe('ASIAAssumeRole');
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({ RoleArn: role, ExternalId: '42' });
    expect(signedBy).toEqual(['AKIAPROFILE']);
  });

  it.each(['cn-north-1', 'us-gov-west-1'])('of a role are asked for in the partition: %s', async (region) => {
    await keysFor({ roleArn: role, region });
    expect(signedFor).toEqual([region]);
  });

  /** What an audit says that cannot begin. */
  const complaint = async (options: Omit<CredentialOptions, 'region'>): Promise<string> => {
    const credentials = await chooseCredentials({ region: 'eu-west-1', ...options });
    const audit = collectAccount({ regions: ['eu-west-1'], needs: needsOf([]), credentials, maxAttempts: 1 });
    return audit.then(String, (error: Error) => error.message);
  };

  it('of a session of SSO that is over say how to sign in', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const said = await complaint({ profile: 'company' });
    expect(said).toMatch(/SSO session token associated with profile=company was not found or is invalid/);
    expect(said).toMatch(/sign in with `aws sso login --profile NAME`/);
    expect(asked).toEqual([]);
  });

  it('that are nowhere say where to put them', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const said = await complaint({ profile: 'nobody' });
    expect(said).toMatch(/no AWS credentials found: .*; sign in, choose an existing profile with --profile/);
  });

  it('of a token that is not there name the file', async () => {
    const said = await complaint({ roleArn: role, webIdentityTokenFile: join(folder, 'nothing') });
    expect(said).toContain(join(folder, 'nothing'));
    expect(said).toMatch(/check the path/);
  });

  it('of a role that does not admit the caller speak of its trust', async () => {
    const Message = `User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: ${role}`;
    refusal = `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${Message}</Message></Error></ErrorResponse>`;
    const said = await complaint({ roleArn: role, externalId: '41' });
    expect(said).toMatch(/`sts:AssumeRole` was denied \(AccessDenied\); .* trust policy .* external ID/);
  });

  it('of a profile that is nowhere are told apart from a Region that is nowhere', async () => {
    delete process.env['AWS_REGION'];
    delete process.env['AWS_DEFAULT_REGION'];
    const error: unknown = await ownRegion('nowhere').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'profile-missing' });
    expect(String(error)).toMatch(/No profile is called `nowhere` .* they have .*audited/);
    await expect(ownRegion('chained')).rejects.toMatchObject({ code: 'region-missing' });
    expect(await ownRegion('audited')).toBe('eu-west-1');
  });

  it('of an external id or a token without a role are refused', async () => {
    await expect(keysFor({ externalId: '42' })).rejects.toMatchObject({ code: 'options-invalid' });
  });
});
