import type { ScanResult } from '../model/scan-result.ts';
import { jsonParts, Streamed } from './json-parts.ts';

/**
 * Members in the order in which a reader wants them; one list serves every object of the contract.
 * Names that are not listed (flows as keys) follow in code unit order.
 */
export const memberOrder: readonly string[] = [
  ...['schemaVersion', 'tool', 'ruleSet', 'startedAt', 'inputs', 'places', 'skipped'],
  ...['summary', 'firstEdits', 'evaluations'],
  ...['code', 'kind', 'ruleId', 'id', 'diagram', 'type', 'name', 'title', 'framework', 'version', 'digest'],
  ...[
    'requirement',
    'catalogue',
    'severity',
    'level',
    'verdict',
    'message',
    'reason',
    'cause',
    'createdWhen',
    'failsWhen',
    'followsFrom',
    'says',
    'detail',
    'fingerprint',
  ],
  ...['entry', 'resource', 'where', 'what', 'value', 'expected', 'holds', 'source', 'owner', 'expires'],
  ...['stack', 'constructPath', 'declaredType', 'declaredName', 'sourceLine', 'account', 'region', 'arn'],
  ...[
    'snippet',
    'language',
    'findings',
    'file',
    'pointer',
    'startLine',
    'startColumn',
    'endLine',
    'endColumn',
  ],
  ...['location', 'evidence', 'related', 'node', 'label', 'group', 'from', 'to', 'dashed', 'nodes', 'edges'],
  ...[
    'decides',
    'why',
    'fix',
    'text',
    'cloudformation',
    'terraform',
    'sam',
    'cdk',
    'cli',
    'together',
    'controls',
    'references',
    'origin',
  ],
  ...[
    'rules',
    'resources',
    'evaluated',
    'deviations',
    'selection',
    'skippedRules',
    'slice',
    'minSeverity',
    'complete',
    'partial',
  ],
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
  const members: Record<string, unknown> = {};
  for (const name of inOrder(Object.keys(result))) {
    const member: unknown = result[name as keyof ScanResult];
    members[name] = Array.isArray(member) ? new Streamed(eachOrdered(member)) : ordered(member);
  }
  return jsonParts(members);
}

function* eachOrdered(items: readonly unknown[]): Generator {
  for (const item of items) yield ordered(item);
}

// Most objects are made in the order of the contract, so that a copy is made of few.
// The contract is about six levels deep, so recursion is bounded by it.
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(ordered);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members);
  const sorted = inOrder(names);
  let isSame = sorted === names;
  const parts = sorted.map((name) => {
    const part = ordered(members[name]);
    isSame &&= part === members[name];
    return part;
  });
  return isSame ? value : Object.fromEntries(sorted.map((name, index) => [name, parts[index]]));
}

function inOrder(names: string[]): string[] {
  for (let index = 1; index < names.length; index += 1)
    if (compareMembers(names[index - 1] ?? '', names[index] ?? '') > 0) return names.toSorted(compareMembers);
  return names;
}

function compareMembers(a: string, b: string): number {
  const byRank = (ranks.get(a) ?? memberOrder.length) - (ranks.get(b) ?? memberOrder.length);
  if (byRank !== 0) return byRank;
  return a < b ? -1 : Number(a > b);
}
