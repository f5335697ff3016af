import { beforeAll, describe, expect, it } from '@jest/globals';
import { savedQueries } from '../../../reference-stack/audit/evaluations-table.ts';
import { evaluationColumns, evaluationPartitions } from '../../../src/lambda/evaluation-columns.ts';
import { writeResult } from '../../../src/lambda/result-objects.ts';
import { MemoryReportStore } from '../../unit/lambda/memory-report-store.ts';
import { scanResult } from '../../unit/report/scan-result-fixture.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a value may be in a column of each type; null and absent are both NULL to the SerDe. */
const holds: Readonly<
  Record<(typeof evaluationColumns)[keyof typeof evaluationColumns], (value: unknown) => boolean>
> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  'array<string>': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** The queries' own words: whatever else they name has to be a column, or a name that they give. */
const words = new Set(
  `select distinct from where group by having order limit with as join using over partition and or not is null in case
  when then else end desc asc interval day week year count count_if max max_by min arbitrary concat if date date_trunc
  date_format date_diff current_date`.split(/\s+/),
);

describe('the table of evaluations', () => {
  let rows: readonly Row[];
  let keys: readonly string[];

  beforeAll(async () => {
    const store = new MemoryReportStore();
    const result = scanResult();
    const regions = [...new Set(result.evaluations.flatMap(({ resource }) => resource.region ?? []))];
    const time = new Date('2026-11-23T03:00:00Z');
    const run = { result, account: '111122223333', regions, withGlobal: true, complete: true, time };
    ({ evaluations: keys } = await writeResult(run, store));
    rows = keys.flatMap((key) =>
      store
        .text(key)
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row])),
    );
    expect(rows).toHaveLength(result.evaluations.length);
  });

  it('has the columns that the rows have, with their types, and no other', () => {
    const columns: Readonly<Record<string, keyof typeof holds>> = evaluationColumns;
    const wrong = rows.flatMap((row) =>
      Object.entries(row).filter(([name, value]) => {
        const type = columns[name];
        return type === undefined || (value !== null && !holds[type](value));
      }),
    );
    expect(wrong).toEqual([]);
    const seen = new Set(rows.flatMap((row) => Object.keys(row)));
    expect(Object.keys(columns).filter((name) => !seen.has(name))).toEqual([]);
  });

  it('has a partition key for each folder, and no column of that name', () => {
    const folders = keys.map((key) => key.split('/').flatMap((part) => /^([a-z]+)=./.exec(part)?.[1] ?? []));
    for (const names of folders) expect(names).toEqual([...evaluationPartitions]);
    expect(evaluationPartitions.filter((name) => name in evaluationColumns)).toEqual([]);
  });

  it.each(Object.entries(savedQueries))('has every name that %s reads', (_title, { sql }) => {
    const plain = sql.replaceAll(/'[^']*'/g, ' ');
    const given = [...plain.matchAll(/\bAS ([a-z_]+)|\b([a-z_]+) AS \(/g)].flatMap(
      ([, alias, table]) => alias ?? table ?? [],
    );
    const known = new Set([
      ...words,
      ...Object.keys(evaluationColumns),
      ...evaluationPartitions,
      ...given,
      'evaluations',
    ]);
    const named = [...plain.matchAll(/"([^"]+)"|([A-Za-z_]+)/g)].map(
      ([, quoted, word = '']) => quoted ?? word.toLowerCase(),
    );
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    // A column that is called as a type is: without quotes it would be one.
    expect(plain).not.toMatch(/(?<!")\bdate\b(?!"|\()/i);
    expect(plain).toMatch(/WHERE "date" >= date_format\(current_date/);
  });
});
