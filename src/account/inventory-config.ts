import type { ConfigService, RecordingGroup } from '@aws-sdk/client-config-service';
import type { Open } from './account-identity.ts';
import { isItemOperation } from './collector.ts';
import { classifyError, type CallFailure } from './errors.ts';
import { pages } from './pages.ts';
import { typesOf, type PlannedCollector } from './plan.ts';

/**
 * What AWS Config answers here of a resource, and how it calls that: what kind there is, and where. Nothing of a
 * resource's settings is taken from it.
 */
const inventoryFields = { account: 'accountId', region: 'awsRegion', type: 'resourceType' } as const;

/** IAM actions of an inventory of one account. */
export const inventoryActions: readonly string[] = [
  'config:DescribeConfigurationRecorderStatus',
  'config:DescribeConfigurationRecorders',
  'config:SelectResourceConfig',
];

/** IAM actions of a look into an aggregator. */
export const aggregatorActions: readonly string[] = ['config:SelectAggregateResourceConfig'];

/** What AWS Config knows of one Region. */
export interface RegionInventory {
  /** Types that it records, and that were asked about. */
  readonly recorded: ReadonlySet<string>;
  /** Of those, the ones of which there is something. */
  readonly found: ReadonlySet<string>;
  /** Set where Config could not be asked: then it decides nothing. */
  readonly failure?: CallFailure;
}

const nothing: RegionInventory = { recorded: new Set(), found: new Set() };

/** Asks AWS Config of which of the types a Region has any. Types that its recorder leaves out are not decided. Never throws. */
export async function readInventory(
  open: Open,
  region: string,
  types: readonly string[],
): Promise<RegionInventory> {
  try {
    const config = await openConfig(open, region, [
      'DescribeConfigurationRecorders',
      'DescribeConfigurationRecorderStatus',
      'SelectResourceConfig',
    ]);
    const recorded = new Set(await recordedTypes(config, types));
    if (recorded.size === 0) return nothing;
    const found = new Set<string>();
    for (const expression of countExpressions([...recorded], [])) {
      const listed = pages(
        (NextToken) => config.selectResourceConfig({ Expression: expression, NextToken }),
        (page) => page.NextToken,
      );
      for await (const { Results = [] } of listed)
        for (const row of Results.map(parseRow)) found.add(row.resourceType);
    }
    return { recorded, found };
  } catch (error) {
    return { ...nothing, failure: classifyError(error, 'config:SelectResourceConfig') };
  }
}

function openConfig(open: Open, region: string, calls: readonly string[]): Promise<ConfigService> {
  return open('config', calls, region, async (config) => {
    const { ConfigService: Client } = await import('@aws-sdk/client-config-service');
    return new Client(config);
  });
}

async function recordedTypes(config: ConfigService, types: readonly string[]): Promise<readonly string[]> {
  const known = await knownTypes();
  const { ConfigurationRecordersStatus = [] } = await config.describeConfigurationRecorderStatus({});
  const running = new Set(
    ConfigurationRecordersStatus.filter(({ recording }) => recording).map(({ name }) => name),
  );
  const { ConfigurationRecorders = [] } = await config.describeConfigurationRecorders({});
  const groups = ConfigurationRecorders.filter(({ name }) => running.has(name)).map(
    ({ recordingGroup = {} }) => recordingGroup,
  );
  return types.filter((type) => known.has(type) && groups.some((group) => records(group, type)));
}

async function knownTypes(): Promise<ReadonlySet<string>> {
  const { ResourceType } = await import('@aws-sdk/client-config-service');
  return new Set<string>(Object.values(ResourceType));
}

function records(group: RecordingGroup, type: string): boolean {
  const excluded: readonly string[] = group.exclusionByResourceTypes?.resourceTypes ?? [];
  if (group.allSupported === true) return true;
  if (group.recordingStrategy?.useOnly === 'EXCLUSION_BY_RESOURCE_TYPES') return !excluded.includes(type);
  return (group.resourceTypes as readonly string[] | undefined)?.includes(type) === true; // the enumeration is text
}

/** The service refuses expressions of more than 4,096 characters. */
const maximumExpression = 4_096;

/** Counting queries, one group a type (and place); as few as the expression's length allows. */
export function countExpressions(types: readonly string[], places: readonly string[]): readonly string[] {
  const fields = [...places, inventoryFields.type].join(', ');
  const expression = (names: readonly string[]): string =>
    `SELECT ${fields}, COUNT(*) WHERE ${inventoryFields.type} IN (${names.map((name) => `'${name}'`).join(', ')}) GROUP BY ${fields}`;
  const expressions: string[] = [];
  let names: string[] = [];
  for (const type of types) {
    if (expression([...names, type]).length > maximumExpression) {
      expressions.push(expression(names));
      names = [];
    }
    names.push(type);
  }
  return names.length === 0 ? expressions : [...expressions, expression(names)];
}

interface Row {
  readonly resourceType: string;
  readonly accountId: string;
  readonly awsRegion: string;
  readonly count: number;
}

function parseRow(text: string): Row {
  const row: unknown = JSON.parse(text);
  if (typeof row !== 'object' || row === null) throw new SyntaxError('a result that is not an object');
  const members = row as Readonly<Record<string, unknown>>;
  return {
    resourceType: String(members[inventoryFields.type]),
    accountId: String(members[inventoryFields.account]),
    awsRegion: String(members[inventoryFields.region]),
    count: Number(members['COUNT(*)']),
  };
}

/** One kind of resource in one place of an organization. */
export interface AggregateRow {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly count: number;
}

/**
 * What an aggregator knows of the types, over all its accounts and Regions. It tells where something is;
 * that there is nothing elsewhere it does not prove, since each account records what it likes.
 * @throws whatever the SDK throws.
 */
export async function readAggregateInventory(
  open: Open,
  region: string,
  aggregator: string,
  types: readonly string[],
): Promise<readonly AggregateRow[]> {
  const config = await openConfig(open, region, ['SelectAggregateResourceConfig']);
  const known = await knownTypes();
  const asked = types.filter((type) => known.has(type));
  const rows: AggregateRow[] = [];
  for (const Expression of countExpressions(asked, [inventoryFields.account, inventoryFields.region])) {
    const listed = pages(
      (NextToken) =>
        config.selectAggregateResourceConfig({
          Expression,
          ConfigurationAggregatorName: aggregator,
          NextToken,
        }),
      (page) => page.NextToken,
    );
    for await (const { Results = [] } of listed) {
      for (const { accountId, awsRegion, resourceType, count } of Results.map(parseRow)) {
        rows.push({ account: accountId, region: awsRegion, type: resourceType, count });
      }
    }
  }
  return rows;
}

/** A plan without the calls that Config has made needless, and the types that are not asked about in consequence. */
export function narrowPlan(
  planned: readonly PlannedCollector[],
  { recorded, found }: RegionInventory,
): { readonly planned: readonly PlannedCollector[]; readonly empty: readonly string[] } {
  const isEmpty = (type: string): boolean => recorded.has(type) && !found.has(type);
  const empty: string[] = [];
  const narrowed = planned.map(({ collector, operations }) => {
    const gone = new Set<string>();
    const kept = operations.filter((operation) => {
      const types = isItemOperation(operation) ? [operation.each] : typesOf(operation);
      const isNeedless = types.length > 0 && types.every((type) => isEmpty(type) || gone.has(type));
      if (isNeedless) for (const type of typesOf(operation)) gone.add(type);
      return !isNeedless;
    });
    empty.push(...gone);
    return { collector, operations: kept };
  });
  return { planned: narrowed.filter(({ operations }) => operations.length > 0), empty: [...new Set(empty)] };
}
