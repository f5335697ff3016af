import type { Edit } from '../../../src/model/scan-result.ts';
import { parseYaml } from '../../../src/rules/yaml-document.ts';

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Two trees in one; what the second says of a place wins, lists as a whole. */
export function merged(base: unknown, added: unknown): unknown {
  if (!isTree(base) || !isTree(added)) return added;
  const both = Object.entries(added).map(([name, value]) => [
    name,
    Object.hasOwn(base, name) ? merged(base[name], value) : value,
  ]);
  return { ...base, ...(Object.fromEntries(both) as Tree) };
}

/** Rules whose snippet is of another resource or of a part of one, or has a value that its author decides. */
const toBeWired: ReadonlySet<string> = new Set([
  'all.lambda.tracing.role',
  'all.lambda.permission',
  'api.external.api-key',
  'batch.queue.visibility-timeout',
  'events.stepfunctions.retry',
]);

/**
 * A template with an edit made as its snippet says; undefined where the snippet leaves something to decide
 * (a name that stands for the author's own, a resource that has to be wired).
 */
export function applyEdit(template: unknown, { snippet, resources, rules }: Edit): unknown {
  if (snippet === undefined || !isTree(template)) return undefined;
  if (rules.some((rule) => toBeWired.has(rule))) return undefined;
  const piece = parseYaml(snippet.text, 'snippet').value;
  if (!isTree(piece) || namesOthers(piece, template)) return undefined;
  if (snippet.language === 'CloudFormation')
    return isProperties(piece) && isDeclared(template, resources)
      ? inEach(template, resources, piece)
      : undefined;
  if (snippet.language !== 'SAM') return undefined;
  if (piece['Globals'] !== undefined) return merged(template, piece);
  const own = piece['Properties'];
  return isTree(own) ? inEach(template, resources, own) : undefined;
}

/** True where a piece refers to what neither it nor the template declares. */
function namesOthers(piece: Tree, template: Tree): boolean {
  const declared = new Set(
    [piece, template].flatMap((each) => Object.keys((each['Resources'] ?? {}) as Tree)),
  );
  const names = JSON.stringify(piece).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^".]+)/g);
  return [...names].some(([, name = '']) => !name.startsWith('AWS::') && !declared.has(name));
}

/** True where the author wrote the resources as CloudFormation has them: SAM has other names for properties. */
function isDeclared(template: Tree, names: readonly string[]): boolean {
  const all = template['Resources'] as Tree;
  return names.every(
    (name) => !String((all[name] as Tree | undefined)?.['Type']).startsWith('AWS::Serverless::'),
  );
}

/** True for settings of a resource, false for resources by their names and for members of lists. */
function isProperties(piece: Tree): boolean {
  return Object.values(piece).every((value) => !isTree(value) || value['Type'] === undefined);
}

function inEach(template: Tree, names: readonly string[], properties: Tree): Tree | undefined {
  const all = template['Resources'] as Tree;
  if (names.some((name) => !isTree(all[name]))) return undefined;
  const changed = names.map((name) => [name, merged(all[name], { Properties: properties })]);
  return { ...template, Resources: { ...all, ...(Object.fromEntries(changed) as Tree) } };
}
