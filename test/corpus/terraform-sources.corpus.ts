import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SecretTexts } from '../../src/model/secret-texts.ts';
import { Unresolved, type Path, type Value } from '../../src/model/value.ts';
import { planDocument, type PlanDocument, type PlanInstance } from '../../src/terraform/plan-document.ts';
import { loadConfiguration } from '../../src/terraform/hcl/load-configuration.ts';
import type { InstanceName } from '../../src/terraform/hcl/instance-name.ts';
import { SourceEvaluator } from '../../src/terraform/hcl/source-evaluator.ts';
import { folderTree } from '../../src/terraform/source-tree.ts';
import type { RawObject } from '../../src/text/raw.ts';
import { parseHcl } from '../../src/terraform/hcl/parse-hcl.ts';
import { oracleParser, ownOutline } from '../unit/terraform/hcl/outline.ts';

// Real Terraform files of others: each is read without an error, into the tree that an independent grammar gives.

const corpus = join('..', 'shared', 'corpus', 'terraform');

async function sourceFiles(): Promise<string[]> {
  const names = await readdir(corpus, { recursive: true });
  return names.filter((name) => name.endsWith('.tf')).map((name) => join(corpus, name));
}

interface Planned {
  readonly name: string;
  readonly document: PlanDocument;
  readonly evaluator: SourceEvaluator;
}

/** Each plan with its sources. Of other resources only data that was read is given: everything else is evaluated. */
async function planned(): Promise<readonly Planned[]> {
  const plans = join(corpus, 'plans');
  const folders = [
    [join(corpus, 'app'), join(corpus, 'app')] as const,
    ...(await readdir(plans)).map((name) => [join(plans, name), join(plans, name, 'sources')] as const),
  ];
  return Promise.all(
    folders.map(async ([folder, sources]) => {
      // A plan of the corpus is an object.
      const root = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')) as RawObject;
      const document = planDocument(root);
      const data = new Map(
        document.instances.flatMap((each) =>
          each.mode === 'data' ? [[each.address, each.after] as const] : [],
        ),
      );
      const { configuration, readFile: read } = await loadConfiguration(
        await folderTree(sources, sources, { within: [await realpath(sources)] }),
      );
      const evaluator = new SourceEvaluator({
        configuration,
        readFile: read,
        secrets: new SecretTexts(),
        facts: {
          variables: document.variables,
          attributeOf: ({ address }, path) => scalarAt(data.get(address), path),
        },
      });
      return { name: folder, document, evaluator };
    }),
  );
}

function scalarAt(value: unknown, path: Path): Value | undefined {
  let found = value;
  for (const segment of path) found = (found as Record<string, unknown> | null | undefined)?.[segment];
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? found
    : undefined;
}

function leaves(value: unknown, path: Path = []): (readonly [Path, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    leaves(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function instanceName({ address, module, mode, type, name, key }: PlanInstance): InstanceName {
  const resource = `${mode === 'data' ? 'data.' : ''}${type}.${name}`;
  return { address, module, resource, ...(key === undefined ? {} : { key }) };
}

/** JSON texts are equal where what they hold is. */
function plain(value: unknown): string {
  const text = String(value);
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

describe('the sources of the Terraform corpus', () => {
  it('are read into the tree of an independent grammar, places included', async () => {
    expect(existsSync(corpus)).toBe(true);
    const oracle = await oracleParser();
    const files = await sourceFiles();
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const text = await readFile(file, 'utf8');
      const own = parseHcl(text, file);
      expect({ file, errors: own.errors }).toEqual({ file, errors: [] });
      expect({ file, outline: ownOutline(own) }).toEqual({ file, outline: oracle(text).outline });
    }
  });

  it('give what Terraform planned, wherever it knew', async () => {
    let compared = 0;
    const others: unknown[] = [];
    for (const { name, document, evaluator } of await planned()) {
      for (const instance of document.instances) {
        for (const [path, value] of leaves(instance.after)) {
          if (value === null || value === '' || value === false || value === 0) continue;
          const found = evaluator.valueAt(instanceName(instance), path, instance.after, false);
          // What is not written is the provider's; files that a template is read from are not in the corpus.
          if (found === undefined || isTemplate(found)) continue;
          compared += 1;
          if (plain(found) !== plain(value)) others.push([name, instance.address, path, value, found]);
        }
      }
    }
    expect(others).toEqual([]);
    expect(compared).toBeGreaterThan(1_000);
  });

  it('tell nearly everything that plans leave out', async () => {
    let written = 0;
    const unknown: string[] = [];
    for (const { document, evaluator } of await planned()) {
      for (const instance of document.instances) {
        for (const [path, isUnknown] of leaves(instance.unknown)) {
          if (isUnknown !== true) continue;
          const found = evaluator.valueAt(instanceName(instance), path, instance.after, true);
          if (found === undefined) continue;
          written += 1;
          if (found instanceof Unresolved) unknown.push(`${instance.address} ${path.join('.')}`);
        }
      }
    }
    expect(written).toBeGreaterThan(400);
    expect(unknown.length / written).toBeLessThan(0.01);
  });
});

function isTemplate(value: Value): boolean {
  return value instanceof Unresolved && value.cause.message.includes('templatefile(');
}
