import { describe, expect, it } from '@jest/globals';
import { failing, folderWith, headgate, scan } from './command.ts';

/** A template in which one name stands wherever a user may choose one. */
function everywhere(n: string): object {
  const own = (value: unknown): object =>
    JSON.parse(`{${JSON.stringify(n)}: ${JSON.stringify(value)}}`) as object;
  return {
    Parameters: own({ Type: n, Default: n, AllowedValues: [n] }),
    Conditions: own({ 'Fn::Equals': [{ Ref: n }, n] }),
    Mappings: own(own(own(n))),
    Resources: {
      ...own({ Type: 'AWS::SQS::Queue', Condition: n, Properties: own({ 'Fn::FindInMap': [n, n, n] }) }),
      Bare: { Type: n },
      Kind: { Type: `${n}::${n}::${n}`, Properties: own(own(n)) },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: { Ref: n }, EventSourceArn: `arn:aws:${n}:eu-west-1:111122223333:${n}` },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: n, Action: n, Principal: own(n), Condition: own(own(n)) }],
          },
        },
      },
      Api: {
        Type: 'AWS::ApiGateway::RestApi',
        Properties: {
          Body: {
            openapi: '3.0.1',
            paths: {
              ...own(own(own(n))),
              '/x': { get: { security: [own([])], parameters: [{ in: n, name: n }] } },
            },
            securityDefinitions: own({ type: n }),
          },
        },
      },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { MetricName: n, Namespace: n, Dimensions: [{ Name: n, Value: n }] },
      },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          Definition: { StartAt: n, States: own({ Type: n, Resource: `arn:aws:states:::${n}` }) },
        },
      },
      Ignoring: {
        Type: 'AWS::SNS::Topic',
        Metadata: {
          ...own(n),
          headgate: { ignore: [{ rule: n, reason: n }] },
          checkov: { skip: [{ id: n }] },
        },
      },
      F: 'failing',
    },
    Outputs: own({ Value: n, Export: { Name: n } }),
  };
}

describe('a name that every object of JavaScript has', () => {
  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    '%s is a name like any other',
    async (name) => {
      const text = JSON.stringify(everywhere(name)).replace(
        '"failing"',
        JSON.stringify({
          Type: 'AWS::Lambda::Function',
          Properties: {
            Runtime: 'nodejs8.10',
            Environment: { Variables: { DB_PASSWORD: 'not-a-real-one' } },
          },
        }),
      );
      const cwd = folderWith({ 't.json': text });
      const { code, stderr, result } = await scan(cwd, 't.json');
      expect(stderr).not.toContain('unexpected');
      expect(code).toBe(1);
      const plain = await scan(folderWith({ 't.yaml': `Resources:\n  F: ${failing}\n` }), 't.yaml');
      const ofF = ({ evaluations }: typeof result): string[] =>
        evaluations
          .filter(({ verdict, resource }) => resource.name === 'F' && verdict === 'fail')
          .map(({ ruleId }) => ruleId);
      expect(ofF(result)).toEqual(
        expect.arrayContaining(['all.lambda.no-plaintext-secrets', 'all.lambda.runtime']),
      );
      expect(ofF(plain.result)).toEqual(expect.arrayContaining(['all.lambda.no-plaintext-secrets']));
    },
  );
});

describe('an object where a word belongs', () => {
  const object = { toString: 'a', valueOf: 'b' };
  const templates: Readonly<Record<string, object>> = {
    'a type': { Resources: { A: { Type: object } } },
    'a transform': { Transform: [object], Resources: { A: { Type: 'AWS::SQS::Queue' } } },
    'a parameter': {
      Parameters: { P: { Type: object, NoEcho: object, Default: object, AllowedValues: [object] } },
      Resources: { A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'P' } } } },
    },
    'a condition': {
      Conditions: { C: object, D: { 'Fn::Equals': [object, { Ref: 'AWS::Region' }] } },
      Resources: { A: { Type: 'AWS::SQS::Queue', Condition: 'C', Properties: { QueueName: object } } },
    },
    'a key of a mapping': {
      Mappings: { M: { a: { b: object } } },
      Resources: {
        A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::FindInMap': ['M', object, 'b'] } } },
      },
    },
    'a runtime': {
      Resources: {
        A: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Runtime: object,
            Handler: object,
            Timeout: object,
            Role: object,
            Environment: object,
          },
        },
      },
    },
    'a statement': {
      Resources: {
        A: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [
                { Effect: object, Principal: object, Action: object, Condition: { Bool: { a: object } } },
              ],
            },
          },
        },
      },
    },
    'a loop': {
      Transform: 'AWS::LanguageExtensions',
      Resources: { 'Fn::ForEach::L': ['I', [object, 'b'], { 'Q${I}': { Type: 'AWS::SQS::Queue' } }] },
    },
    'an event of SAM': {
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        A: {
          Type: 'AWS::Serverless::Function',
          Properties: {
            Runtime: object,
            Events: {
              E: { Type: object, Properties: object },
              F: { Type: 'Api', Properties: { Path: object } },
            },
          },
        },
      },
    },
  };
  it.each(Object.entries(templates))('%s is no crash', async (_what, template) => {
    const cwd = folderWith({ 't.json': template });
    for (const format of ['json', 'console', 'sarif']) {
      const { code, stdout, stderr } = await headgate(cwd, 'scan', 't.json', '--format', format);
      expect([0, 1, 2]).toContain(code);
      expect(stderr).not.toContain('unexpected');
      expect(stdout).not.toContain('could not be evaluated');
    }
  });
});
