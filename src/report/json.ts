import type { ScanResult } from '../model/scan-result.ts';
import { jsonParts, Streamed } from './json-parts.ts';

/**
 * Members in the order in which a reader wants them; one list serves every object of the contract.
 * Names that are not listed (flows as keys) follow in code unit order.
 */
export const memberOrder: readonly string[] = [
  ...['schemaVersion', 'tool', 'ruleSet', 'startedAt', 'inputs', 'places', 'skipped'],
  ...['summary', 'evaluations'],
  ...['code', 'kind', 'ruleId', 'id', 'diagram', 'type', 'name', 'title', 'framework', 'version', 'digest'],
  ...[
    'requirement',
    'severity',
    'level',
    'verdict',
    'message',
    'reason',
    'cause',
    'createdWhen',
    'failsWhen',
    'says',
    'detail',
    'fingerprint',
  ],
  ...['entry', 'resource', 'where', 'what', 'value', 'expected', 'holds', 'source', 'owner', 'expires'],
  ...['stack', 'constructPath', 'sourceLine', 'account', 'region', 'arn'],
  ...['file', 'pointer', 'startLine', 'startColumn', 'endLine', 'endColumn'],
  ...['location', 'evidence', 'related', 'node', 'label', 'group', 'from', 'to', 'dashed', 'nodes', 'edges'],
  ...['decides', 'why', 'fix', 'text', 'cloudformation', 'cdk', 'cli', 'controls', 'references', 'origin'],
  ...['rules', 'resources', 'evaluated', 'deviations', 'selection', 'complete', 'partial'],
  ...['pass', 'fail', 'unknown', 'notApplicable', 'waived', 'bySeverity', 'possibleBySeverity', 'byFlow'],
  ...[
    'critical',
    'high',
    'medium',
    'low',
    'info',
    'flows',
    'requirements',
    'diagnostics',
    'blocks',
    'waiver',
  ],
];

const ranks = new Map(memberOrder.map((name, index) => [name, index]));

/** The public contract (result.schema.json): two-space JSON in a fixed order of members, ended by a line feed. */
export function renderJson(result: ScanResult): Iterable<string> {
  const members = Object.entries(result).toSorted(([a], [b]) => compareMembers(a, b));
  return jsonParts(
    Object.fromEntries(
      members.map(([name, member]: [string, unknown]) => [
        name,
        Array.isArray(member) ? new Streamed(eachOrdered(member)) : ordered(member),
      ]),
    ),
  );
}

function* eachOrdered(items: readonly unknown[]): Generator {
  for (const item of items) yield ordered(item);
}

// The contract is about six levels deep, so recursion is bounded by it.
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => compareMembers(a, b));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}

function compareMembers(a: string, b: string): number {
  const byRank = (ranks.get(a) ?? memberOrder.length) - (ranks.get(b) ?? memberOrder.length);
  if (byRank !== 0) return byRank;
  return a < b ? -1 : Number(a > b);
}
