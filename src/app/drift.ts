import { groupBy } from '../model/group-by.ts';
import { lookup } from '../model/lookup.ts';
import { identityProperties } from '../graph/identities.ts';
import type { Resource } from '../model/resource.ts';
import type { Evaluation, ResourceSummary, ScanResult, Verdict } from '../model/scan-result.ts';
import type { SourceReading } from '../model/source.ts';
import { describeValue } from '../model/value.ts';

/** What was read of one side, and what was decided on it. */
export interface DriftSide {
  readonly reading: SourceReading;
  readonly result: ScanResult;
}

/** What templates declare and a live account shows otherwise. */
export interface Drift {
  /** Declared resources of which the account has none of that type and name. */
  readonly missing: readonly ResourceSummary[];
  readonly differing: readonly {
    readonly ruleId: string;
    readonly resource: string;
    readonly declared: Verdict;
    readonly live: Verdict;
    readonly message: string;
  }[];
  /** Declared resources that were not found, and of which nobody knows whether they are there. `why`: no final full stop. */
  readonly unsure: readonly { readonly resource: ResourceSummary; readonly why: string }[];
  /** How many declared resources of each type have no name to find them by. */
  readonly nameless: ReadonlyMap<string, number>;
}

/**
 * Compares a scan of templates with an audit: the resources that a rule decides. They are matched by type and
 * physical name; what a template leaves open CloudFormation names `<stack>-<logical id>-<suffix>`.
 */
export function driftBetween(declared: DriftSide, live: DriftSide): Drift {
  const inAccount = indexNames(live.reading.resources);
  const doubts = new Map(live.reading.incomplete.map(({ type, cause }) => [type, cause.message]));
  const verdicts = new Map(
    live.result.evaluations.map((each) => [`${each.ruleId} ${each.resource.id}`, each]),
  );
  const resources = new Map(declared.reading.resources.map((each) => [each.id, each]));
  const missing: ResourceSummary[] = [];
  const differing: Drift['differing'][number][] = [];
  const unsure: Drift['unsure'][number][] = [];
  const nameless = new Map<string, number>();
  for (const [id, evaluations] of groupBy(declared.result.evaluations, ({ resource }) => resource.id)) {
    const [first] = evaluations;
    if (first === undefined || first.resource.type.startsWith('Headgate::')) continue;
    const { resource } = first;
    const search = searchFor(resource, resources.get(id), inAccount);
    if (search === undefined) {
      nameless.set(resource.type, (nameless.get(resource.type) ?? 0) + 1);
      continue;
    }
    const [match, ...others] = search.matches;
    const why =
      others.length > 0
        ? `several resources of the account match this name (${search.matches.length})`
        : (search.why ?? doubts.get(resource.type) ?? doubts.get('*'));
    if (match !== undefined && others.length === 0)
      differing.push(...differences(evaluations, match, verdicts));
    else if (why !== undefined) unsure.push({ resource, why });
    else missing.push(resource);
  }
  return { missing, differing, unsure, nameless };
}

/** Live resources by their type with the name that their property gives, or with a part of it between hyphens. */
type Names = ReadonlyMap<string, readonly Resource[]>;

function indexNames(resources: readonly Resource[]): Names {
  const entries = resources.flatMap((resource) => {
    const { type, name, properties } = resource;
    const written = properties[nameProperty(type) ?? ''];
    const parts = name.toLowerCase().split('-');
    return [
      ...(typeof written === 'string' ? [{ key: `${type}=${written}`, resource }] : []),
      ...[...new Set(parts)].map((part) => ({ key: `${type}-${part}`, resource })),
      // What was cut stands between the stack's name and the suffix.
      ...parts.slice(1, -1).map((part) => ({ key: `${type}-${part}...`, resource })),
    ];
  });
  const groups = groupBy(entries, ({ key }) => key);
  return new Map([...groups].map(([key, found]) => [key, found.map(({ resource }) => resource)]));
}

function nameProperty(type: string): string | undefined {
  return lookup(identityProperties, type)?.find((each) => each.endsWith('Name'));
}

/** What of the account may be a declared resource; `why` nobody can tell where there is nothing. */
interface Search {
  readonly matches: readonly Resource[];
  readonly why?: string;
}

/** Undefined for types that nobody names: the service numbers them. */
function searchFor(
  { type, name: logicalId, stack = '' }: ResourceSummary,
  declared: Resource | undefined,
  names: Names,
): Search | undefined {
  const property = nameProperty(type);
  if (property === undefined) return undefined;
  const near = (found: readonly Resource[]): readonly Resource[] =>
    preferring(found, ({ region }) => region === declared?.region);
  const written = declared?.properties[property];
  if (typeof written === 'string') return { matches: near(names.get(`${type}=${written}`) ?? []) };
  if (written !== undefined && written !== null)
    return { matches: [], why: `its name is known only after the deployment (${describeValue(written)})` };
  // Logical ids have no hyphens, and buckets are named in small letters.
  const id = logicalId.toLowerCase();
  const ofStack = ({ name }: Resource): boolean => name.toLowerCase().startsWith(`${stack.toLowerCase()}-`);
  const matches = near(preferring(names.get(`${type}-${id}`) ?? [], ofStack));
  if (matches.length > 0) return { matches };
  for (let length = id.length - 1; length >= shortestPart; length -= 1) {
    const [likely] = names.get(`${type}-${id.slice(0, length)}...`) ?? [];
    if (likely !== undefined) return { matches, why: mayBe(likely) };
  }
  return { matches };
}

/** Those of which something is true, or all where it is of none. */
function preferring(
  resources: readonly Resource[],
  test: (resource: Resource) => boolean,
): readonly Resource[] {
  const found = resources.filter(test);
  return found.length > 0 ? found : resources;
}

/** Shorter beginnings of a logical id are shared by too many names to say anything. */
const shortestPart = 8;

const mayBe = ({ name }: Resource): string =>
  `\`${name}\` could be this resource, because CloudFormation truncates long names`;

function differences(
  evaluations: readonly Evaluation[],
  match: Resource,
  verdicts: ReadonlyMap<string, Evaluation>,
): Drift['differing'] {
  return evaluations.flatMap(({ ruleId, verdict: declared }) => {
    const found = verdicts.get(`${ruleId} ${match.id}`);
    if (found === undefined || found.verdict === declared) return [];
    if (found.verdict === 'unknown' || declared === 'unknown') return [];
    const message = found.reason ?? found.message;
    return [{ ruleId, resource: match.name, declared, live: found.verdict, message }];
  });
}

/** Drift as text: what the account lacks, the verdicts that differ, then what cannot be told. */
export function describeDrift({ missing, differing, unsure, nameless }: Drift): string {
  const stackOf = ({ stack }: ResourceSummary): string => (stack === undefined ? '' : ` of ${stack}`);
  const kinds = [...nameless].map(([type, count]) => `${count} ${type}`);
  const lines = [
    ...missing.map(
      (each) =>
        `missing  ${each.type} ${each.name}${stackOf(each)}: no resource of the account is named after it`,
    ),
    ...differing.map(
      ({ ruleId, resource, declared, live, message }) =>
        `differs  ${ruleId} on ${resource}: ${declared} as declared, ${live} in the account (${message})`,
    ),
    ...unsure.map(
      ({ resource, why }) => `unsure   ${resource.type} ${resource.name}${stackOf(resource)}: ${why}`,
    ),
    ...(kinds.length === 0 ? [] : [`not compared (no unique name): ${kinds.join(', ')}`]),
    `missing resources: ${missing.length}; differing results: ${differing.length}; inconclusive: ${unsure.length}`,
  ];
  return `${lines.join('\n')}\n`;
}
