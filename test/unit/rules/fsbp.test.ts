import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { rulesByFsbpControl, type FsbpControls } from '../../../src/rules/pages.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { parseYaml } from '../../../src/rules/yaml-document.ts';

const file = fileURLToPath(new URL('../../../rules/data/fsbp.yaml', import.meta.url));
const { controls, services } = parseYaml(readFileSync(file, 'utf8'), 'fsbp.yaml').value as FsbpControls;
let named: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  named = rulesByFsbpControl((await shippedRules()).rules);
});

describe('controls of the AWS Foundational Security Best Practices standard', () => {
  it('are each decided by a rule, or not, with a reason', () => {
    const unsettled = Object.entries(controls).filter(
      ([id, { notApplicable, outOfScope }]) =>
        [named.has(id), notApplicable !== undefined, outOfScope !== undefined].filter(Boolean).length !== 1,
    );
    expect(unsettled.map(([id]) => id)).toEqual([]);
  });

  it('hold all that rules name, in services that have a name', () => {
    expect([...named.keys()].filter((id) => controls[id] === undefined)).toEqual([]);
    expect([...new Set(Object.keys(controls).map((id) => id.split('.')[0]))].sort()).toEqual(
      Object.keys(services).sort(),
    );
  });
});
