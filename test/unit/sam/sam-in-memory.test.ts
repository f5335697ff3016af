import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceReading } from '../../../src/model/source.ts';
import { readTemplate, readTemplateObject, readTemplates } from '../../../src/template/read-templates.ts';

const template = {
  Transform: 'AWS::Serverless-2016-10-31',
  Parameters: { Alias: { Type: 'String' } },
  Globals: { Function: { Timeout: 9 } },
  Resources: {
    Orders: {
      Type: 'AWS::Serverless::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'h',
        InlineCode: 'x',
        AutoPublishAlias: { Ref: 'Alias' },
        Events: { Get: { Type: 'Api', Properties: { Path: '/', Method: 'get' } } },
      },
    },
  },
};

const parameters = { Alias: 'live' };

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-memory-'));
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

const contents = ({ resources }: SourceReading): unknown[] =>
  resources
    .filter(({ type }) => !type.startsWith('Headgate::'))
    .map(({ logicalId, type, properties }) => [logicalId, type, JSON.stringify(properties)]);

describe('a SAM template that is held in memory', () => {
  it('is expanded as the file of the same text is', async () => {
    await writeFile(join(cwd, 't.json'), JSON.stringify(template));
    const ofFile = await readTemplates(['t.json'], { cwd, parameters });
    const inMemory = await readTemplate(template, 't.json', { parameters });
    const made = contents(inMemory);
    expect(made.length).toBeGreaterThan(6);
    expect(made).toEqual(contents(ofFile).map((each) => each));
    expect(inMemory.diagnostics).toEqual([]);
    expect(inMemory.incomplete).toEqual([]);
    const alias = inMemory.resources.find(({ type }) => type === 'AWS::Lambda::Alias');
    expect(alias?.name).toBe('OrdersAliaslive');
  });

  it('is said not to be expanded where it is read at once without an expander', () => {
    const { diagnostics, incomplete } = readTemplateObject(template, 't.json', { parameters });
    expect(diagnostics.map(({ code }) => code)).toEqual(['sam-not-evaluated']);
    expect(incomplete.map(({ cause }) => cause.code)).toEqual(['transform']);
  });

  it('names what is wrong in it without a place', async () => {
    const { diagnostics } = await readTemplate(
      { ...template, Globals: { Function: { Nonsense: 1 } } },
      't.json',
    );
    expect(diagnostics.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'sam-invalid t.json#/Globals/Function/Nonsense',
    ]);
  });

  it('is said to be none where it holds no resources', async () => {
    const { diagnostics, resources } = await readTemplate({ Transform: template.Transform }, 't.json');
    expect(diagnostics.map(({ code }) => code)).toEqual(['template-without-resources']);
    expect(resources).toEqual([]);
  });

  it('shows the code that stands in it', async () => {
    const { resources } = await readTemplate(template, 't.json', { parameters });
    expect(resources.find(({ name }) => name === 'Orders')?.code?.source).toBe('inline code');
  });

  it('leaves open what a nested template holds', async () => {
    const App = { Type: 'AWS::Serverless::Application', Properties: { Location: './other.yaml' } };
    const { incomplete } = await readTemplate({ ...template, Resources: { App } }, 't.json');
    expect(incomplete.map(({ cause }) => cause.code)).toEqual(['outside']);
  });

  it('leaves the object as it was', async () => {
    const before = JSON.stringify(template);
    await readTemplate(template, 't.json', { parameters });
    expect(JSON.stringify(template)).toBe(before);
  });
});
