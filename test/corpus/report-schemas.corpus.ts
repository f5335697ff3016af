// Every report against its official schema. The schemas are not part of the project: they are read from
// the folder that HEADGATE_SHARED names, by default ../shared.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { validateXML } from 'xmllint-wasm';
import { renderReport } from '../../src/report/render.ts';
import type { RenderOptions } from '../../src/report/render.ts';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { hostileResult, largeResult, resultOf, scanResult } from '../unit/report/scan-result-fixture.ts';

const schemas = join(process.env['HEADGATE_SHARED'] ?? '../shared', 'schemas');

const results: readonly (readonly [string, ScanResult])[] = [
  ['a realistic result', scanResult()],
  ['hostile strings', hostileResult()],
  ['an empty result', resultOf([], [])],
  ['2,000 evaluations', largeResult(2000)],
];

function compile(file: string, draft: typeof Ajv | typeof Ajv2020): ValidateFunction {
  const ajv = new draft({ allErrors: true, logger: false });
  // The package is CommonJS: its function is the default export's own default under ESM types.
  (addFormats as unknown as (target: Ajv) => void)(ajv as Ajv);
  return ajv.compile(JSON.parse(readFileSync(join(schemas, file), 'utf8')) as object);
}

function errorsOf(validate: ValidateFunction, data: unknown): string[] {
  validate(data);
  return (validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

async function parsed(format: string, result: ScanResult, options?: RenderOptions): Promise<unknown> {
  return JSON.parse(await renderReport(format, result, options));
}

const where = { account: '444455556666', region: 'eu-central-1' };

describe.each(results)('%s', (_, result) => {
  it.each([
    ['github', {}],
    ['github with unknowns', { includeUnknown: true, sourceText: () => 'a\n'.repeat(99) }],
    ['full', { profile: 'full' }],
  ] as const)('is valid SARIF in profile %s', async (_name, options) => {
    expect(errorsOf(compile('sarif-2.1.0.json', Ajv2020), await parsed('sarif', result, options))).toEqual(
      [],
    );
  });

  it('is valid GitLab Code Quality', async () => {
    expect(errorsOf(compile('gitlab-codequality.json', Ajv2020), await parsed('gitlab', result))).toEqual([]);
  });

  it('is valid OSCAL', async () => {
    expect(errorsOf(compile('oscal-assessment-results.json', Ajv), await parsed('oscal', result))).toEqual(
      [],
    );
  });

  it.each([
    ['asff', 'asff-finding.json'],
    ['ocsf', 'ocsf-compliance-finding.json'],
  ])('is valid %s', async (format, file) => {
    const validate = compile(file, Ajv2020);
    const items = [await parsed(format, result, where)].flat();
    expect(items.flatMap((item) => errorsOf(validate, item)).slice(0, 5)).toEqual([]);
  });

  it('is valid JUnit', async () => {
    const { errors, valid } = await validateXML({
      xml: [{ fileName: 'report.xml', contents: await renderReport('junit', result) }],
      schema: [readFileSync(join(schemas, 'junit.xsd'), 'utf8')],
    });
    expect(errors.slice(0, 5)).toEqual([]);
    expect(valid).toBe(true);
  });
});
