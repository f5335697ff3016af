import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceReading } from '../../../src/model/source.ts';
import type { Path } from '../../../src/model/value.ts';
import { readTemplates } from '../../../src/template/read-templates.ts';

const template = `Conditions:
  Yes: !Equals [a, a]
  Open: !Equals [!Ref P, a]
Parameters:
  P: {Type: String}
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: !If [Yes, 30, 3]
      MemorySize: !If [Open, 1, 2]
      Layers:
        - !Ref AWS::NoValue
        - !If [Yes, !Ref AWS::NoValue, x]
        - first
        - !If [Yes, second, x]
      VpcConfig:
        SubnetIds: !Ref P
      Environment: !If
        - Yes
        - Variables:
            A: "1"
        - !Ref AWS::NoValue
  Bare:
    Type: AWS::Lambda::Function
`;

let cwd = '';
let reading: SourceReading;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-locate-'));
  await writeFile(join(cwd, 't.yaml'), template);
  reading = await readTemplates(['t.yaml'], { cwd });
});
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

function textAt(name: string, path: Path): string {
  const resource = reading.resources.find((candidate) => candidate.name === name);
  const location = resource && reading.positions(resource.locate(path));
  if (location === undefined) return '(nowhere)';
  const line = template.split('\n')[location.startLine - 1] ?? '';
  const end = location.endLine === location.startLine ? location.endColumn - 1 : undefined;
  return `${location.startLine}: ${line.slice(location.startColumn - 1, end)}`;
}

describe('Resource.locate', () => {
  it.each<[string, string, Path, string]>([
    ['the resource', 'Fn', [], '7: Fn'],
    ['a decided If', 'Fn', ['Timeout'], '10: 30'],
    ['an undecided If', 'Fn', ['MemorySize'], '11: !If [Open, 1, 2]'],
    ['a list that lost members', 'Fn', ['Layers', 0], '15: first'],
    ['a decided If in such a list', 'Fn', ['Layers', 1], '16: second'],
    ['an index beyond the list', 'Fn', ['Layers', 9], '12: Layers'],
    ['a mapping, by its key', 'Fn', ['VpcConfig'], '17: VpcConfig'],
    ['behind a parameter', 'Fn', ['VpcConfig', 'SubnetIds', 0], '18: !Ref P'],
    ['inside a decided branch', 'Fn', ['Environment', 'Variables', 'A'], '22: "1"'],
    ['missing below a member', 'Fn', ['VpcConfig', 'SecurityGroupIds'], '17: VpcConfig'],
    ['missing below a branch', 'Fn', ['Environment', 'Variables', 'B'], '21: Variables'],
    ['missing at the top', 'Fn', ['TracingConfig', 'Mode'], '7: Fn'],
    ['a resource without properties', 'Bare', ['Timeout'], '24: Bare'],
  ])('%s', (_, name, path, expected) => {
    expect(textAt(name, path)).toBe(expected);
  });
});
