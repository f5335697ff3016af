import { relationTable } from '../graph/relation-table.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { RuleSet } from '../model/rule.ts';
import type { Diagnostic } from '../model/scan-result.ts';
import { Choice, PartialString, Reference, isArrayValue, isObjectValue, type Value } from '../model/value.ts';
import type { SourceReading } from '../model/source.ts';

/** Types whose resources name functions without invoking them: who watches, scales, deploys or describes one. */
const namesOnly =
  /^(AWS::(ApplicationAutoScaling|Backup|Budgets|CloudFormation|CloudWatch|CodeDeploy|CodePipeline|Config|FIS|IAM|KMS|Logs|ResourceGroups|SSM|ServiceCatalogAppRegistry|ServiceDiscovery|Signer|Synthetics|XRay|ApplicationInsights|ApplicationSignals)::|Custom::|Headgate::)/;

const functionTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::Lambda::WebFunction',
]);

/**
 * Resources that belong to Lambda, or that name a function, of a type that no rule and no relation reads. One diagnostic a
 * type, so that a scan without findings does not speak for what nobody looked at. Linear in the size of what it looks at.
 */
export function findUncovered(
  graph: ResourceGraph,
  ruleSet: RuleSet,
  reading: SourceReading,
): readonly Diagnostic[] {
  const read = readTypes(ruleSet);
  const uncovered = new Map<string, Resource[]>();
  for (const resource of graph.resources) {
    const { type } = resource;
    if (resource.external === true || resource.generated === true || read.has(type) || namesOnly.test(type))
      continue;
    if (!type.startsWith('AWS::Lambda::') && !namesFunction(resource.properties, graph)) continue;
    uncovered.set(type, [...(uncovered.get(type) ?? []), resource]);
  }
  return [...uncovered].map(([type, resources]) => toDiagnostic(type, resources, reading));
}

function readTypes(ruleSet: RuleSet): ReadonlySet<string> {
  return new Set([
    ...relationTable.flatMap(({ from, to }) => [from, ...to]),
    ...ruleSet.rules.flatMap(({ appliesTo }) => appliesTo),
  ]);
}

function namesFunction(value: Value | undefined, graph: ResourceGraph): boolean {
  if (value instanceof Reference) {
    const target = graph.byId(value.resourceId);
    return target !== undefined && functionTypes.has(target.type);
  }
  if (value instanceof PartialString)
    return value.parts.some((part) => typeof part !== 'string' && namesFunction(part, graph));
  if (value instanceof Choice)
    return namesFunction(value.whenTrue, graph) || namesFunction(value.whenFalse, graph);
  if (isArrayValue(value)) return value.some((item) => namesFunction(item, graph));
  if (isObjectValue(value)) return Object.values(value).some((item) => namesFunction(item, graph));
  return typeof value === 'string' && /^arn:[^:]*:lambda:[^:]*:[^:]*:function:/.test(value);
}

function toDiagnostic(type: string, resources: readonly Resource[], reading: SourceReading): Diagnostic {
  const names = resources.map(({ name }) => `\`${name}\``);
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
  const location = resources[0] === undefined ? undefined : reading.positions(resources[0].locate([]));
  return {
    code: 'not-covered',
    severity: 'warning',
    message: `no rule checks ${type} (${shown}), which ${type.startsWith('AWS::Lambda::') ? 'belongs to Lambda' : 'names a function'}; review it without Headgate`,
    where:
      location === undefined
        ? (resources[0]?.id ?? type)
        : `${location.file}:${location.startLine}:${location.startColumn}`,
    ...(location === undefined ? {} : { location }),
    blocks: [],
  };
}
