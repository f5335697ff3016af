import type { CodeCapability } from '../../../src/model/resource.ts';

/**
 * One change of the application. Resources are named by their logical id without CDK's hash, in
 * the references of what is set or added too; paths are dotted and begin below `Properties`, and `-`
 * stands for a new last element.
 */
export type Edit =
  | { readonly id: string; readonly set: string; readonly to: unknown }
  | { readonly id: string; readonly remove: string }
  /** Replaces every occurrence of a text in the JSON of what stands at a path. */
  | { readonly id: string; readonly in: string; readonly replace: string; readonly by: string }
  /** The function's bundle no longer shows these capabilities. */
  | { readonly id: string; readonly hides: readonly CodeCapability[] }
  /** Beside the resources: a path of the template itself. */
  | { readonly stack: string; readonly set: string; readonly to: unknown }
  | { readonly drop: string }
  | { readonly add: string; readonly to: string; readonly resource: object };

/** What the reference application lacks and a rule needs: edits that yield no finding by themselves. */
export interface Base {
  /** For people: "an HTTP API behind a distribution". */
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** A rule's verdict on a resource, which is called by its logical id without CDK's hash. */
export interface Finding {
  readonly rule: string;
  readonly on: string;
  /** True where the resource is there, or asked, by the mistake alone, and so neither passes nor fails before it. */
  readonly appears?: true;
}

/** One edit of the reference application, and the one finding that it must yield. */
export interface Mutation extends Finding {
  /** What a person would call the mistake. */
  readonly mistake: string;
  readonly edits: readonly Edit[];
  /** `unknown` for rules that never fail; else `fail`. */
  readonly becomes?: 'unknown';
  /** What is added before the mistake is made. */
  readonly base?: Base;
  /** Other findings that the same mistake is bound to bring, with the reason. */
  readonly also?: readonly (Finding & { readonly because: string; readonly becomes?: 'unknown' })[];
}

export interface Template {
  Resources: Record<string, TemplateResource>;
  [section: string]: unknown;
}

interface TemplateResource {
  Type: string;
  Properties?: Container;
}

type TemplateEdit = Exclude<Edit, { hides: unknown }>;

type Container = Record<string | number, unknown>;

/** Templates by file name after some edits; only those that are edited, each a copy. */
export function applyEdits(
  templates: ReadonlyMap<string, Template>,
  edits: readonly Edit[],
): Map<string, Template> {
  const changed = new Map<string, Template>();
  for (const edit of edits) {
    if ('hides' in edit) continue;
    const file = fileOf(edit, new Map([...templates, ...changed]));
    const template = changed.get(file) ?? structuredClone(templates.get(file) ?? { Resources: {} });
    changed.set(file, template);
    applyEdit(template, edit);
  }
  return changed;
}

function fileOf(edit: TemplateEdit, templates: ReadonlyMap<string, Template>): string {
  if ('id' in edit) return find(templates, edit.id).file;
  if ('drop' in edit) return find(templates, edit.drop).file;
  const stack = 'add' in edit ? edit.to : edit.stack;
  const file = [...templates.keys()].find((name) => name.startsWith(`${stack}.`));
  if (file === undefined) throw new Error(`no stack ${stack}`);
  return file;
}

function applyEdit(template: Template, edit: TemplateEdit): void {
  const { Resources: resources } = template;
  if ('add' in edit) resources[edit.add] = withIds(edit.resource, resources) as TemplateResource;
  else if ('stack' in edit) setAt(template, edit.set.split('.'), withIds(edit.to, resources));
  else if ('drop' in edit) Reflect.deleteProperty(resources, idIn(resources, edit.drop) ?? '');
  else {
    const resource = resources[idIn(resources, edit.id) ?? ''];
    if (resource === undefined) throw new Error(`no resource ${edit.id}`);
    change((resource.Properties ??= {}), edit, resources);
  }
}

function change(
  properties: Container,
  edit: Exclude<Extract<Edit, { id: string }>, { hides: unknown }>,
  resources: Template['Resources'],
): void {
  if ('set' in edit) setAt(properties, edit.set.split('.'), withIds(edit.to, resources));
  else if ('remove' in edit) removeAt(properties, edit.remove.split('.'));
  else {
    const steps = edit.in.split('.');
    const text = JSON.stringify(valueAt(properties, steps));
    if (!text.includes(edit.replace)) throw new Error(`${edit.in} does not hold ${edit.replace}`);
    setAt(properties, steps, JSON.parse(text.replaceAll(edit.replace, edit.by)));
  }
}

function setAt(root: Container, steps: readonly string[], value: unknown): void {
  let current = root;
  for (const step of steps.slice(0, -1)) {
    if (typeof current[step] !== 'object' || current[step] === null) current[step] = {};
    current = current[step] as Container; // an object, by the line above
  }
  const last = steps.at(-1) ?? '';
  if (last === '-' && Array.isArray(current)) current.push(value);
  else current[last] = value;
}

function removeAt(root: Container, steps: readonly string[]): void {
  const parent = valueAt(root, steps.slice(0, -1));
  const last = steps.at(-1) ?? '';
  valueAt(parent, [last]);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
}

function valueAt(root: Container, steps: readonly string[]): Container {
  let current: unknown = root;
  for (const step of steps) {
    current = (current as Container | undefined)?.[step]; // an absent one is met below
    if (current === undefined) throw new Error(`nothing stands at ${steps.join('.')}`);
  }
  return current as Container; // whoever asks for it knows that it is one
}

/** A copy in which references name logical ids in full. */
function withIds(value: unknown, resources: Template['Resources']): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withIds(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      if (key === 'Ref') return [key, idIn(resources, String(inner)) ?? inner];
      if (key !== 'Fn::GetAtt' || !Array.isArray(inner)) return [key, withIds(inner, resources)];
      const [name, ...attribute] = inner.map(String);
      return [key, [idIn(resources, name ?? '') ?? name, ...attribute]];
    }),
  );
}

/** What a logical id is called: without the hash that CDK appends. */
export function nameOf(logicalId: string): string {
  return logicalId.replace(/(?<=[^])[0-9A-F]{8}$/, '');
}

function idIn(resources: Template['Resources'], name: string): string | undefined {
  return Object.keys(resources).find((id) => id === name || nameOf(id) === name);
}

/** The one resource of a name: its file and its logical id. */
export function find(
  templates: ReadonlyMap<string, Template>,
  name: string,
): { readonly file: string; readonly id: string } {
  const found = [...templates].flatMap(([file, { Resources: resources }]) =>
    Object.keys(resources)
      .filter((id) => id === name || nameOf(id) === name)
      .map((id) => ({ file, id })),
  );
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`${found.length} resources are called ${name}`);
  return first;
}
