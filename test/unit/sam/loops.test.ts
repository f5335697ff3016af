import { describe, expect, it } from '@jest/globals';
import { parseTemplateText, type ParsedTemplate } from '../../../src/text/parse-template.ts';
import { expandSam } from '../../../src/sam/expand.ts';
import { expandTransforms } from '../../../src/template/transforms.ts';

const both = '[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]';

function expand(body: string, transform = both, given: Record<string, unknown> = {}): ParsedTemplate {
  const parsed = parseTemplateText(`Transform: ${transform}\n${body}`, 'template.yaml');
  return expandTransforms(parsed, expandSam, (name) => given[name]);
}

const idsOf = (parsed: ParsedTemplate): string[] => Object.keys(parsed.root?.['Resources'] ?? {});

const functionOf = (name: string, routes: string): string => `
  ${name}Function:
    Type: AWS::Serverless::Function
    Condition: Is${name}
    Properties:
      Runtime: nodejs22.x
      Handler: ${name}.handler
      CodeUri: ./src
      Events: {${routes}}
  ${name}Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: ${name}}}`;
const route = (name: string, method: string): string =>
  `${method}${name}: {Type: Api, Properties: {Path: /${name}, Method: ${method}}}`;
const routes = (name: string): string => `${route(name, 'get')}, ${route(name, 'post')}`;

const parameters = "Parameters: {Names: {Type: CommaDelimitedList, Default: 'Orders,Users'}}";
const looped = `${parameters}
Conditions:
  Fn::ForEach::Conds: [Name, !Ref Names, {'Is\${Name}': !Equals [!Ref AWS::Region, '\${Name}']}]
Resources:
  Fn::ForEach::Functions:
    - Name
    - !Ref Names
    - '\${Name}Function':
        Type: AWS::Serverless::Function
        Condition: 'Is\${Name}'
        Properties:
          Runtime: nodejs22.x
          Handler: \${Name}.handler
          CodeUri: ./src
          Events:
            Fn::ForEach::Routes:
              - Method
              - [get, post]
              - '\${Method}\${Name}': {Type: Api, Properties: {Path: '/\${Name}', Method: !Ref Method}}
      '\${Name}Queue': {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}
Outputs:
  Fn::ForEach::Outs: [Name, !Ref Names, {'\${Name}Arn': {Value: !GetAtt ['\${Name}Function', Arn]}}]
`;

describe('loops over resources of SAM', () => {
  it('become what the unrolled template becomes: functions, routes, conditions and outputs', () => {
    const byHand = `${parameters}
Conditions:
  IsOrders: !Equals [!Ref AWS::Region, Orders]
  IsUsers: !Equals [!Ref AWS::Region, Users]
Resources:${functionOf('Orders', routes('Orders'))}${functionOf('Users', routes('Users'))}
Outputs:
  OrdersArn: {Value: !GetAtt [OrdersFunction, Arn]}
  UsersArn: {Value: !GetAtt [UsersFunction, Arn]}
`;
    const made = expand(looped);
    expect(made.diagnostics).toEqual([]);
    expect(idsOf(made)).toContain('UsersFunctionpostUsersPermissionProd');
    expect(made.root).toEqual({ ...expand(byHand).root });
  });

  it('lead back into their bodies', () => {
    const made = expand(looped);
    const line = (pointer: string): number | undefined => made.locate(pointer, 'key')?.startLine;
    expect(line('/Resources/UsersFunction')).toBe(9);
    expect(line('/Resources/UsersFunction/Properties/Handler')).toBe(14);
    expect(line('/Resources/OrdersQueue/Properties/QueueName')).toBe(21);
    expect(line('/Conditions/IsUsers')).toBe(4);
    const origin = made.origins?.get('UsersFunctiongetUsersPermissionProd')?.pointer ?? '';
    expect(origin).toBe('/Resources/UsersFunction/Properties/Events/getUsers');
    expect(made.locate(origin, 'key')).toMatchObject({
      pointer:
        '/Resources/Fn::ForEach::Functions/2/${Name}Function/Properties/Events/Fn::ForEach::Routes/2/${Method}${Name}',
      startLine: 20,
    });
  });

  it('run over the values that are given, and inside each other', () => {
    const body = `Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Outer:
    - Name
    - !Ref Names
    - Fn::ForEach::Inner:
        - Stage
        - [dev, prod-1]
        - '\${Name}&{Stage}': {Type: AWS::Serverless::SimpleTable, Properties: {TableName: '\${Name}-\${Stage}'}}
`;
    const made = expand(body, both, { Names: 'A,B' });
    expect(idsOf(made)).toEqual(['Adev', 'Aprod1', 'Bdev', 'Bprod1']);
    expect(made.root?.['Resources']).toMatchObject({
      Bprod1: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'B-prod-1' } },
    });
    expect(made.locate('/Resources/Bprod1', 'key')?.startLine).toBe(10);
    expect(made.root).not.toHaveProperty('Transform.1');
  });

  it('are said to lack the transform, where the template does not name it', () => {
    const text = 'Resources:\n  F: {Type: AWS::Serverless::Function}\n';
    const { diagnostics } = expandTransforms(parseTemplateText(text, 'template.yaml'), expandSam);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'AWS::Serverless resources are not evaluated: `F`; the template has no `Transform: AWS::Serverless-2016-10-31`, without which CloudFormation rejects them: add it',
    ]);
  });

  it('stay, and are named, where their lists are not known', () => {
    const made = expand(`Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  T: {Type: AWS::Serverless::SimpleTable}
  Fn::ForEach::Tables: [Name, !Ref Names, {'\${Name}': {Type: AWS::Serverless::SimpleTable}}]
`);
    expect(idsOf(made).sort()).toEqual(['Fn::ForEach::Tables', 'T']);
    expect(made.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'sam-not-evaluated: AWS::Serverless resources are not evaluated: `Fn::ForEach::Tables`',
    ]);
  });

  it('are not unrolled where AWS::LanguageExtensions does not come first', () => {
    const body = `Resources:
  Fn::ForEach::Tables: [Name, [A], {'\${Name}': {Type: AWS::Serverless::SimpleTable}}]
`;
    for (const transform of [
      'AWS::Serverless-2016-10-31',
      '[AWS::Serverless-2016-10-31, AWS::LanguageExtensions]',
    ])
      expect(idsOf(expand(body, transform))).toEqual(['Fn::ForEach::Tables']);
    expect(idsOf(expand(body))).toEqual(['A']);
  });

  it('make nothing of an empty list', () => {
    const made = expand(`Resources:
  T: {Type: AWS::Serverless::SimpleTable}
  Fn::ForEach::Tables: [Name, [], {'\${Name}': {Type: AWS::Serverless::SimpleTable}}]
`);
    expect(idsOf(made)).toEqual(['T']);
    expect(made.diagnostics).toEqual([]);
  });

  it('are given up where they grow beyond all bounds', () => {
    const many = JSON.stringify(Array.from({ length: 1000 }, (_, index) => `x${index}`));
    const made = expand(`Resources:
  Fn::ForEach::A:
    - A
    - ${many}
    - Fn::ForEach::B: [B, ${many}, {'\${A}\${B}': {Type: AWS::Serverless::SimpleTable}}]
`);
    expect(idsOf(made)).toEqual(['Fn::ForEach::A']);
    expect(made.diagnostics.map(({ code }) => code)).toEqual(['sam-not-evaluated']);
  });
});
