import { describe, expect, it } from '@jest/globals';
import { Redactor, type SecretFinder } from '../../src/account/redact.ts';
import { decodeSnapshot, encodeSnapshot } from '../../src/account/snapshot.ts';
import { HeadgateError } from '../../src/model/headgate-error.ts';
import { PartialString, SecretReference } from '../../src/model/value.ts';
import { collect } from './collect.ts';
import { ordersAccount } from './orders-account.ts';

const findSecrets: SecretFinder = (name, text) => {
  if (/password$/i.test(name)) return [[0, text.length]];
  const token = /ghp_[A-Za-z0-9]{36}|[a-z]+:\/\/[^/@:]+:[^/@:]+@/.exec(text);
  return token === null ? [] : [[token.index, token.index + token[0].length]];
};
const options = { takenAt: new Date(0), version: '0.1.0', key: Buffer.alloc(32, 7), findSecrets };

const secretReplies = {
  'lambda.ListFunctions': {
    Functions: ['a', 'b'].map((name) => ({
      FunctionName: name,
      FunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
      Environment: {
        Variables: {
          TABLE: 'orders',
          DB_PASSWORD: 'hunter2-hunter2',
          CONFIG: `{"token":"ghp_${'a'.repeat(36)}","limit":3}`,
          URL: 'https://user:secret@db.example.com/',
          $unresolved: 'a name that looks like ours',
        },
      },
    })),
  },
};

function variablesOf(properties: object | undefined): Record<string, unknown> {
  return (properties as { Environment: { Variables: Record<string, unknown> } }).Environment.Variables;
}

describe('a snapshot', () => {
  it('gives back what was collected, unresolved values and doubts included', async () => {
    const faults = [{ call: 'lambda.GetPolicy', fault: 'deny' } as const];
    const { reading } = await collect(ordersAccount, { faults });
    const bytes = encodeSnapshot(reading, options);
    const decoded = decodeSnapshot(bytes, 'account.json.gz');
    expect(JSON.parse(JSON.stringify(decoded.resources))).toEqual(
      JSON.parse(JSON.stringify(reading.resources)),
    );
    expect(decoded.resources.map(({ properties }) => properties)).toEqual(
      reading.resources.map(({ properties }) => properties),
    );
    expect(decoded).toMatchObject({
      incomplete: reading.incomplete,
      diagnostics: reading.diagnostics,
      calls: reading.calls,
      completeness: reading.completeness,
      inputs: [{ name: 'account.json.gz', kind: 'snapshot', resources: reading.resources.length }],
      takenAt: '1970-01-01T00:00:00.000Z',
    });
    expect(decoded.resources[0]?.locate(['A'])).toEqual(reading.resources[0]?.locate(['A']));
  });

  it('holds no secret, and keeps what stands around it', async () => {
    const { reading } = await collect(secretReplies);
    const bytes = encodeSnapshot(reading, { ...options, compress: false });
    const text = Buffer.from(bytes).toString('utf8');
    for (const secret of ['hunter2', 'ghp_', 'user:secret']) expect(text).not.toContain(secret);
    const functions = decodeSnapshot(bytes, 'account.json').resources.filter(
      ({ type }) => type === 'AWS::Lambda::Function',
    );
    const variables = variablesOf(functions[0]?.properties);
    expect(variables.TABLE).toBe('orders');
    expect(variables.DB_PASSWORD).toMatch(/^headgate-redacted:[0-9a-f]{64}$/);
    expect(JSON.parse(String(variables.CONFIG))).toMatchObject({ limit: 3 });
    expect(variables.URL).toMatch(/^https:\/\/headgate-redacted:[0-9a-f]{64}db\.example\.com\/$/);
    expect(variables.$unresolved).toBe('a name that looks like ours');
    expect(variablesOf(functions[1]?.properties).DB_PASSWORD).toBe(variables.DB_PASSWORD);
  });

  it.each([
    ['AWS::Events::Rule', { Targets: [{ Arn: 'arn:aws:sqs:eu-west-1:1:q', Input: '{"key":"kq8Zr2vP0x"}' }] }],
    ['AWS::Events::Rule', { Targets: [{ InputTransformer: { InputTemplate: 'kq8Zr2vP0x <a>' } }] }],
    [
      'AWS::Events::Rule',
      { Targets: [{ HttpParameters: { HeaderParameters: { Authorization: 'kq8Zr2vP0x' } } }] },
    ],
    ['AWS::Events::Connection', { AuthParameters: { BasicAuthParameters: { Password: 'kq8Zr2vP0x' } } }],
    [
      'AWS::StepFunctions::StateMachine',
      {
        DefinitionString: '{"States":{"A":{"Type":"Task","Parameters":{"Headers":{"X-Key":"kq8Zr2vP0x"}}}}}',
      },
    ],
    [
      'AWS::StepFunctions::StateMachine',
      { Definition: { States: { A: { Type: 'Pass', Result: 'kq8Zr2vP0x' } } } },
    ],
    [
      'AWS::CloudFront::Distribution',
      {
        DistributionConfig: {
          Origins: [{ OriginCustomHeaders: [{ HeaderName: 'X', HeaderValue: 'kq8Zr2vP0x' }] }],
        },
      },
    ],
    [
      'AWS::CloudWatch::Dashboard',
      { DashboardBody: '{"widgets":[{"properties":{"markdown":"kq8Zr2vP0x"}}]}' },
    ],
    ['AWS::SSM::Parameter', { Value: 'kq8Zr2vP0x' }],
    ['AWS::RDS::DBInstance', { MasterUserPassword: 'kq8Zr2vP0x' }],
    [
      'AWS::Lambda::Function',
      {
        Environment: {
          Variables: {
            DB_PASSWORD: new PartialString(['kq8Zr2vP0x', new SecretReference('ssm', '{{resolve:ssm:/a}}')]),
          },
        },
      },
    ],
    ['AWS::Amplify::Branch', { EnvironmentVariables: [{ Name: 'DB_PASSWORD', Value: 'kq8Zr2vP0x' }] }],
    ['AWS::Kinesis::Application', { ServiceConfig: { EnvironmentVariables: { DB_PASSWORD: 'kq8Zr2vP0x' } } }],
  ])('holds nothing that %s keeps secret: %j', (type, properties) => {
    const redacted = JSON.stringify(new Redactor(findSecrets, options.key).redact(properties, type));
    expect(redacted).not.toContain('kq8Zr2vP0x');
    expect(redacted).toMatch(/headgate-redacted:[0-9a-f]{64}/);
  });

  it('keeps of literals what rules follow: names, ARNs, paths and the workflow itself', () => {
    const DefinitionString = JSON.stringify({
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'orders', 'Payload.$': '$.detail' },
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          End: true,
        },
      },
    });
    const redactor = new Redactor(findSecrets, options.key);
    expect(redactor.redact({ DefinitionString }, 'AWS::StepFunctions::StateMachine')).toEqual({
      DefinitionString,
    });
  });

  it('is the same bytes for the same account and key, and other hashes for another key', async () => {
    const { reading } = await collect(secretReplies);
    expect(encodeSnapshot(reading, options)).toEqual(encodeSnapshot(reading, options));
    const other = encodeSnapshot(reading, { ...options, key: Buffer.alloc(32, 8) });
    expect(other).not.toEqual(encodeSnapshot(reading, options));
  });

  it.each([
    ['cut off', (lines: string[]) => lines.slice(0, -2).join('\n')],
    [
      'of another version',
      (lines: string[]) => lines.join('\n').replace('"headgateSnapshot":1', '"headgateSnapshot":2'),
    ],
    ['not JSON', (lines: string[]) => `${lines[0] ?? ''}\n{"resource":`],
    ['no snapshot', () => '{"Resources":{}}'],
  ])('that is %s is refused', async (_name, edit) => {
    const { reading } = await collect(secretReplies);
    const text = Buffer.from(encodeSnapshot(reading, { ...options, compress: false })).toString('utf8');
    const read = () => decodeSnapshot(Buffer.from(edit(text.split('\n'))), 'account.json');
    expect(read).toThrow(HeadgateError);
    expect(read).toThrow(expect.objectContaining({ code: 'snapshot-invalid' }));
  });

  it('that does not unpack is refused', () => {
    expect(() => decodeSnapshot(Uint8Array.of(0x1f, 0x8b, 1, 2), 'a.gz')).toThrow('cannot be unpacked');
  });
});
