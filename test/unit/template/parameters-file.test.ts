import { describe, expect, it } from '@jest/globals';
import { parseParametersFile } from '../../../src/template/parameters-file.ts';

describe('parseParametersFile', () => {
  it.each([
    [
      'the CLI',
      '[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "UsePreviousValue": true}]',
      { A: '1' },
    ],
    ['the CLI in YAML', '- {ParameterKey: A, ParameterValue: 1}', { A: '1' }],
    ['CodePipeline', '{"Parameters": {"A": "1", "B": ["x", "y"]}, "Tags": {"t": "u"}}', { A: '1', B: 'x,y' }],
    ['a mapping', 'A: 1\nB: true\nC: "x"', { A: '1', B: 'true', C: 'x' }],
    ['a mapping with a parameter called Parameters', '{"Parameters": "x"}', { Parameters: 'x' }],
  ])('reads the form of %s', (_, text, expected) => {
    expect(parseParametersFile(text, 'p.json')).toEqual(expected);
  });

  it.each([
    ['no parameters', '', { file: 'p.json', line: 1, column: 1 }],
    ['broken JSON', '{"A": }', { file: 'p.json', line: 1, column: 7 }],
    ['an item without key', '[\n  {"ParameterValue": "1"}]', { file: 'p.json', line: 2, column: 3 }],
    ['a value that is none', '{"A": "1",\n "B": {"c": 1}}', { file: 'p.json', line: 2, column: 2 }],
    ['a missing value', '[{"ParameterKey": "A"}]', { file: 'p.json', line: 1, column: 2 }],
  ])('refuses %s', (_, text, where) => {
    expect(() => parseParametersFile(text, 'p.json')).toThrow(
      expect.objectContaining({ code: 'parameters-invalid', where }) as unknown as Error,
    );
  });
});
