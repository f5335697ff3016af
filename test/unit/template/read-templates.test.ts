import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PartialString, Reference, Unresolved } from '../../../src/model/value.ts';
import { readTemplateObject, readTemplates } from '../../../src/template/read-templates.ts';

let cwd = '';

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-templates-'));
});
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
}

const queue = 'Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n';

describe('a folder', () => {
  it('is walked, and what is no template is skipped and said', async () => {
    await write({
      'walk/a.yaml': queue,
      'walk/deep/b.template': '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}',
      'walk/node_modules/x.yaml': queue,
      'walk/.git/x.yaml': queue,
      'walk/.aws-sam/build/template.yaml': queue,
      'walk/dist/x.yaml': queue,
      'walk/package.json': '{"name": "x"}',
      'walk/empty.yml': '',
      'walk/data.json': '{"Resources": ["a"]}',
      'walk/readme.md': 'Resources:',
      'walk/broken.yaml': 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  A: [',
      'walk/none.yaml': 'AWSTemplateFormatVersion: "2010-09-09"\nOutputs: {}\n',
    });
    await symlink(join(cwd, 'walk'), join(cwd, 'walk/deep/loop'));
    const reading = await readTemplates(['walk'], { cwd });
    expect(reading.resources.map(({ id }) => id)).toEqual([
      'walk/a.yaml/Queue',
      'walk/a.yaml/Headgate::Template',
      'walk/deep/b.template/T',
      'walk/deep/b.template/Headgate::Template',
      'walk/a.yaml/Headgate::Scope',
      'walk/deep/b.template/Headgate::Scope',
    ]);
    expect(reading.skipped).toEqual([
      { name: 'walk/data.json', reason: 'its `Resources` section is not a mapping' },
      { name: 'walk/empty.yml', reason: 'the file is empty' },
      { name: 'walk/none.yaml', reason: 'it has no `Resources` section' },
      { name: 'walk/package.json', reason: 'it has no `Resources` section' },
    ]);
    expect(reading.diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ['template-syntax', 'walk/broken.yaml:3:7'],
    ]);
    expect(reading.inputs.map(({ name, kind, resources }) => [name, kind, resources])).toEqual([
      ['walk/broken.yaml', 'template', 0],
      ['walk/a.yaml', 'template', 1],
      ['walk/deep/b.template', 'template', 1],
    ]);
    expect(reading.inputs[1]?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('that does not exist is an error of its own', async () => {
    await expect(readTemplates(['nowhere'], { cwd })).rejects.toMatchObject({
      code: 'input-missing',
      where: { file: 'nowhere' },
    });
  });

  it('whose file is named and is no template says so', async () => {
    await write({ 'named.json': '{"a": 1}' });
    const reading = await readTemplates(['named.json'], { cwd });
    expect(reading.diagnostics).toMatchObject([{ code: 'not-a-template', where: 'named.json' }]);
  });

  it('holds files that are too large for a template', async () => {
    await write({ 'large/x.yaml': `Resources: # ${' '.repeat(51 * 1024 * 1024)}` });
    const reading = await readTemplates(['large'], { cwd });
    expect(reading.diagnostics).toMatchObject([{ code: 'template-too-large', severity: 'error' }]);
    await rm(join(cwd, 'large'), { recursive: true });
  });
});

describe('templates of one call', () => {
  it('see each other through exports, and never through equal names', async () => {
    const user = (name: string): string =>
      `Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !ImportValue ${name}\n      KmsMasterKeyId: !Ref Queue\n`;
    await write({
      'exports/base.yaml': `${queue}Outputs:\n  Arn:\n    Value: !GetAtt Queue.Arn\n    Export: {Name: !Sub "base-\${Suffix}"}\n  One:\n    Value: 1\n    Export: {Name: twice}\nParameters: {Suffix: {Type: String, Default: arn}}\n`,
      'exports/other.yaml': `${queue}Outputs:\n  One:\n    Value: 2\n    Export: {Name: twice}\n`,
      'exports/a.yaml': user('base-arn'),
      'exports/b.yaml': user('twice'),
      'exports/c.yaml': user('nobody'),
    });
    const reading = await readTemplates(['exports'], { cwd });
    const name = (file: string): unknown =>
      reading.resources.find(({ id }) => id === `exports/${file}.yaml/T`)?.properties['TopicName'];
    expect(name('a')).toEqual(new Reference('exports/base.yaml/Queue', 'Arn'));
    expect(name('b')).toMatchObject({
      cause: { code: 'import', message: expect.stringContaining('several') as unknown },
    });
    expect(name('c')).toMatchObject({
      cause: { code: 'import', message: expect.stringContaining('`nobody`') as unknown },
    });
    const key = reading.resources.find(({ id }) => id === 'exports/a.yaml/T')?.properties['KmsMasterKeyId'];
    expect(key).toBeInstanceOf(Unresolved);
    expect(reading.diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'name-undeclared',
        where: 'exports/a.yaml:6:23',
        affects: ['AWS::SNS::Topic'],
      }),
    );
  });

  it('nest in each other: parameters go down, outputs come up', async () => {
    await write({
      'nested/parent.yaml': [
        'Resources:',
        '  Child:',
        '    Type: AWS::CloudFormation::Stack',
        '    Properties:',
        '      TemplateURL: ./parts/child.yaml',
        '      Parameters: {Queue: !GetAtt Dlq.Arn, Names: "a,b"}',
        '  Remote: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://x/y.yaml}}',
        '  Dlq: {Type: AWS::SQS::Queue}',
        '  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !GetAtt Child.Outputs.Name, DisplayName: !GetAtt Remote.Outputs.X}}',
      ].join('\n'),
      'nested/parts/child.yaml': [
        'Parameters: {Queue: {Type: String}, Names: {Type: CommaDelimitedList}, Own: {Type: String, Default: d}}',
        'Resources:',
        '  Q:',
        '    Type: AWS::SQS::Queue',
        '    Properties: {RedrivePolicy: {deadLetterTargetArn: !Ref Queue}, QueueName: !Select [1, !Ref Names], X: !Ref Own}',
        'Outputs: {Name: {Value: !Ref Q}}',
      ].join('\n'),
    });
    const reading = await readTemplates(['nested'], { cwd });
    const find = (id: string): unknown =>
      reading.resources.find((resource) => resource.id === id)?.properties;
    expect(find('nested/parent.yaml/Child/Q')).toEqual({
      RedrivePolicy: { deadLetterTargetArn: new Reference('nested/parent.yaml/Dlq', 'Arn') },
      QueueName: 'b',
      X: 'd',
    });
    expect(find('nested/parent.yaml/Topic')).toEqual({
      TopicName: new Reference('nested/parent.yaml/Child/Q'),
      DisplayName: expect.objectContaining({
        cause: expect.objectContaining({ code: 'outside' }) as never,
      }) as never,
    });
    expect(reading.resources.filter(({ type }) => type === 'Headgate::Scope')).toHaveLength(1);
    expect(reading.incomplete).toMatchObject([{ scope: 'nested/parent.yaml', cause: { code: 'outside' } }]);
  });

  it('that nest each other in a circle end', async () => {
    const one = (other: string): string =>
      `Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ${other}, Parameters: {P: !GetAtt S.Outputs.O}}\nOutputs: {O: {Value: !Ref P}}\nParameters: {P: {Type: String}}\n`;
    await write({ 'circle/a.yaml': one('b.yaml'), 'circle/b.yaml': one('a.yaml') });
    const reading = await readTemplates(['circle'], { cwd });
    for (const resource of reading.resources) expect(resource.properties).toBeDefined();
    expect(reading.diagnostics.map(({ code }) => code)).toContain('nested-template-missing');
  });

  it('may name documents beside them', async () => {
    await write({
      'docs/t.yaml': [
        'Resources:',
        '  Fn: {Type: AWS::Lambda::Function}',
        '  Flow:',
        '    Type: AWS::StepFunctions::StateMachine',
        '    Properties: {DefinitionS3Location: ./flow.asl.json, DefinitionSubstitutions: {FnArn: !GetAtt Fn.Arn}}',
        '  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: api.yaml}}}}}',
        '  Away: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: ../../../../etc/hosts}}',
        '  Gone: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: gone.yaml}}',
      ].join('\n'),
      'docs/flow.asl.json':
        '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${FnArn}", "Comment": "${other}"}}}',
      'docs/api.yaml': 'openapi: 3.0.1\npaths: {/x: {get: {uri: !Sub "a/${Fn.Arn}"}}}\n',
    });
    const { documents, diagnostics } = await readTemplates(['docs/t.yaml'], { cwd });
    expect(documents.get('docs/t.yaml/Flow')).toEqual({
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: new Reference('docs/t.yaml/Fn', 'Arn'), Comment: '${other}' } },
    });
    expect(documents.get('docs/t.yaml/Api')).toMatchObject({
      paths: { '/x': { get: { uri: new PartialString(['a/', new Reference('docs/t.yaml/Fn', 'Arn')]) } } },
    });
    expect([...documents.keys()]).toHaveLength(2);
    expect(diagnostics).toMatchObject([
      {
        code: 'document-unreadable',
        where: 'docs/t.yaml:7:55',
        message:
          'the document that `BodyS3Location` of `Away` names cannot be read: it is outside of the folders that are scanned',
      },
      { code: 'document-unreadable', where: 'docs/t.yaml:8:55', affects: ['AWS::ApiGateway::RestApi'] },
    ]);
  });
});

describe('resources', () => {
  it('are absent under a false condition, and odd ones are named and left out', async () => {
    await write({
      'odd.yaml':
        'Conditions: {No: !Equals [a, b]}\nResources:\n  A: {Type: AWS::SQS::Queue, Condition: No}\n  B: {Properties: {}}\n  C: text\n  D: {Type: 12}\n  E: {Type: AWS::SQS::Queue, Properties: [1]}\n',
    });
    const reading = await readTemplates(['odd.yaml'], { cwd });
    expect(reading.resources.filter(({ type }) => type === 'AWS::SQS::Queue')).toMatchObject([
      { name: 'E', properties: {} },
    ]);
    expect(reading.diagnostics.map(({ code, where }) => [code, where])).toEqual([
      ['resource-without-type', 'odd.yaml:4:3'],
      ['resource-malformed', 'odd.yaml:5:3'],
      ['resource-without-type', 'odd.yaml:6:3'],
    ]);
  });

  it('written in a loop stand where the loop writes them', async () => {
    await write({
      'loop.yaml':
        'Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Queues:\n    - Name\n    - [A, b-c]\n    - Queue&{Name}:\n        Type: AWS::SQS::Queue\n        Properties:\n          QueueName: !Sub "${Name}-x"\nOutputs: {O: {Value: !Ref QueueA}}\n',
    });
    const reading = await readTemplates(['loop.yaml'], { cwd });
    const queues = reading.resources.filter(({ type }) => type === 'AWS::SQS::Queue');
    expect(queues.map(({ id, properties }) => [id, properties])).toEqual([
      ['loop.yaml/QueueA', { QueueName: 'A-x' }],
      ['loop.yaml/Queuebc', { QueueName: 'b-c-x' }],
    ]);
    const location = queues[1]?.locate(['QueueName']);
    expect(location && reading.positions(location)).toMatchObject({ startLine: 9, startColumn: 22 });
    expect(reading.diagnostics).toEqual([]);
  });

  it('of SAM in a template that is held in memory are kept and named as not evaluated', () => {
    const template = {
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        F: { Type: 'AWS::Serverless::Function' },
        Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'FRole' } } },
      },
    };
    const { diagnostics, resources } = readTemplateObject(template, 't');
    expect(diagnostics).toMatchObject([
      { code: 'sam-not-evaluated', message: expect.stringContaining('`F`') as unknown },
    ]);
    expect(resources.find(({ name }) => name === 'Q')?.properties['QueueName']).toMatchObject({
      cause: { code: 'transform' },
    });
  });

  it('of a template with a macro may be more than are seen', () => {
    const reading = readTemplateObject(
      { Transform: ['MyMacro'], Resources: { Q: { Type: 'AWS::SQS::Queue' } } },
      't',
    );
    expect(reading.incomplete).toMatchObject([{ scope: 't', type: '*', cause: { code: 'transform' } }]);
    const include = {
      Resources: {
        Q: { Type: 'AWS::SQS::Queue', Properties: { a: 1, 'Fn::Transform': { Name: 'AWS::Include' } } },
      },
    };
    expect(readTemplateObject(include, 't').resources[0]).toMatchObject({
      uncertain: { code: 'transform' },
      properties: { a: 1 },
    });
  });

  it('of a template with a module are more than are seen', () => {
    const template = { Resources: { M: { Type: 'Acme::Queues::Secure::MODULE' } } };
    const { incomplete, diagnostics } = readTemplateObject(template, 't');
    expect(incomplete).toMatchObject([{ scope: 't', type: '*', cause: { code: 'transform' } }]);
    expect(diagnostics).toMatchObject([{ code: 'transform-not-evaluated' }]);
  });

  it('whose properties depend on an unknown loop or branch are uncertain', () => {
    const loop = { 'Fn::ForEach::L': ['N', { Ref: 'Open' }, { 'K${N}': 1 }], a: 1 };
    const template = {
      Parameters: { Open: { Type: 'CommaDelimitedList' } },
      Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: loop } },
    };
    const [queue] = readTemplateObject(template, 't').resources;
    expect(queue).toMatchObject({ uncertain: { code: 'parameter' }, properties: { a: 1 } });
    const [known] = readTemplateObject(template, 't', { parameters: { Open: 'x' } }).resources;
    expect(known?.uncertain).toBeUndefined();
    expect(known?.properties).toEqual({ a: 1, Kx: 1 });
  });

  it('include the template itself', () => {
    const template = {
      Parameters: { P: { Type: 'String', NoEcho: true } },
      Resources: {},
      Outputs: { O: { Value: { Ref: 'P' } } },
    };
    const [own, scope] = readTemplateObject(template, 't', { parameters: { P: 'v' } }).resources;
    expect(own).toMatchObject({
      type: 'Headgate::Template',
      properties: { Parameters: template.Parameters, Outputs: { O: { Value: 'v' } } },
    });
    expect(scope).toMatchObject({
      id: 't/Headgate::Scope',
      type: 'Headgate::Scope',
      properties: { Kind: 'application' },
    });
  });
});

describe('the template of a stack set', () => {
  it('is read with what the set gives, in a scope of its own, and stands at its text', async () => {
    const inner =
      '{"Parameters":{"On":{"Type":"String"}},"Resources":{"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":{"Ref":"On"}}}}}';
    await write({
      'sets/a.yaml': [
        'Resources:',
        '  Set:',
        '    Type: AWS::CloudFormation::StackSet',
        '    Properties:',
        "      Parameters: [{ParameterKey: 'On', ParameterValue: 'false'}]",
        `      TemplateBody: '${inner}'`,
        '',
      ].join('\n'),
    });
    const reading = await readTemplates(['sets'], { cwd, region: 'eu-west-1' });
    const found = reading.resources.find(({ name }) => name === 'Q');
    expect(found).toMatchObject({
      id: 'sets/a.yaml/Set/Q',
      scope: 'sets/a.yaml/Set',
      properties: { SqsManagedSseEnabled: 'false' },
    });
    expect(found?.region).toBeUndefined();
    const at = found?.locate(['SqsManagedSseEnabled']);
    expect(at === undefined ? undefined : reading.positions(at)).toMatchObject({ startLine: 6 });
  });

  it("expands a stack set's template for AWS SAM, and keeps what the parent puts into its text", async () => {
    await write({
      'sam-sets/a.yaml': [
        'Parameters: {Seconds: {Type: Number, Default: 5}}',
        'Resources:',
        '  Set:',
        '    Type: AWS::CloudFormation::StackSet',
        '    Properties:',
        '      TemplateBody: !Sub |',
        '        Transform: AWS::Serverless-2016-10-31',
        '        Resources:',
        '          Fn:',
        '            Type: AWS::Serverless::Function',
        '            Properties: {Runtime: nodejs24.x, Handler: a.b, InlineCode: x, Timeout: "${Seconds}", Description: "in ${AWS::Region}: ${!Name}"}',
        '',
      ].join('\n'),
    });
    const reading = await readTemplates(['sam-sets'], { cwd });
    const found = reading.resources.find(({ name }) => name === 'Fn');
    expect(found).toMatchObject({ type: 'AWS::Lambda::Function', properties: { Timeout: '5' } });
    expect(found?.properties['Description']).toMatchObject({
      parts: ['in ', { cause: { about: 'AWS::Region' } }, ': ${Name}'],
    });
    const at = found?.locate(['Timeout']);
    expect(at === undefined ? undefined : reading.positions(at)).toMatchObject({ startLine: 6 });
  });
});
