import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { failing, folderWith, headgate, scan } from './command.ts';

const template = `Resources:\n  F: ${failing}\n`;
const root = join(import.meta.dirname, '../..');
const schema = (name: string): object =>
  JSON.parse(readFileSync(join(root, `${name}.schema.json`), 'utf8')) as object;

describe('keys for editors', () => {
  const named = '$schema: ./node_modules/headgate/config.schema.json\nx-owner: team-a\n';

  it('are accepted in the configuration and in waivers', async () => {
    const cwd = folderWith({
      't.yaml': template,
      'headgate.yaml': `${named}waivers: waivers.yaml\nfailOn: none\n`,
      'waivers.yaml': `${named}waivers: []\n`,
    });
    expect((await scan(cwd, 't.yaml')).code).toBe(0);
  });

  it('do not hide a misspelt key', async () => {
    const cwd = folderWith({ 't.yaml': template, 'headgate.yaml': `${named}failOm: none\nunknown: warn\n` });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('failOm');
  });
});

describe('the schema that a new file names', () => {
  const firstLine = (cwd: string, file: string): string =>
    readFileSync(join(cwd, file), 'utf8').split('\n')[0] ?? '';

  it('is that of the installed package, by a relative path', async () => {
    const installed = { 'config.schema.json': '{}', 'rules.schema.json': '{}' };
    const cwd = folderWith(
      Object.fromEntries(
        Object.entries(installed).map(([name, text]) => [`node_modules/headgate/${name}`, text]),
      ),
    );
    await headgate(cwd, 'init');
    await headgate(cwd, 'rules', 'new', 'team.lambda.memory', '--folder', 'policies/lambda');
    expect(firstLine(cwd, 'headgate.yaml')).toBe(
      '# yaml-language-server: $schema=./node_modules/headgate/config.schema.json',
    );
    expect(firstLine(cwd, 'policies/lambda/team.lambda.memory.yaml')).toBe(
      '# yaml-language-server: $schema=../../node_modules/headgate/rules.schema.json',
    );
  });

  it('is that of the same version where no package is installed', async () => {
    const cwd = folderWith({});
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    await headgate(cwd, 'init');
    expect(firstLine(cwd, 'headgate.yaml')).toBe(
      `# yaml-language-server: $schema=https://unpkg.com/headgate@${version}/config.schema.json`,
    );
  });
});

describe('the schemas of the package', () => {
  const validate = (name: string, text: string): unknown => {
    const check = new Ajv2020({ allowUnionTypes: true }).compile(schema(name));
    return check(parse(text)) ? [] : check.errors?.map(({ instancePath }) => instancePath);
  };

  it('accept what the command accepts, and know rule ids', async () => {
    const cwd = folderWith({});
    await headgate(cwd, 'init');
    const starter = readFileSync(join(cwd, 'headgate.yaml'), 'utf8');
    const whole = starter.replaceAll(/^# (?=[a-z ]+:|- | {2})/gm, '');
    expect(validate('config', starter)).toEqual([]);
    expect(validate('config', whole)).toEqual([]);
    expect(Object.keys(parse(whole) as object).length).toBeGreaterThan(8);
    expect(validate('config', "rules: {team.a.b: off, 'api.*': {severity: low}}")).toEqual([]);
    expect(validate('config', "rules: {team.a.b: 'off', 'api.*': {severity: grave}}")).not.toEqual([]);
    expect(JSON.stringify(schema('config'))).toContain('"all.lambda.vpc"');
    expect(validate('waivers', 'waivers: [{rule: a.b, resource: c}]')).not.toEqual([]);
  });
});
