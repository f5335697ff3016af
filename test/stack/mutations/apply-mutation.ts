/** One change of a template. Resources are named by the start of their logical id, without CDK's hash. */
export type Edit =
  | { readonly id: string; readonly set: string; readonly to: unknown }
  | { readonly id: string; readonly remove: string }
  | { readonly drop: string }
  | { readonly add: string; readonly in: string; readonly resource: object };

/** One edit of the reference application, and the one finding that it must yield. */
export interface Mutation {
  readonly rule: string;
  /** Start of the logical id that the finding is on. */
  readonly on: string;
  /** What a person would call the mistake. */
  readonly mistake: string;
  readonly edits: readonly Edit[];
  /** Other findings that the same mistake is bound to bring, with the reason. */
  readonly also?: readonly { readonly rule: string; readonly on: string; readonly because: string }[];
}

export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; [more: string]: unknown }>;
}

type Container = Record<string | number, unknown>;

/** Templates by file name, with the edits of a mutation; only what is edited is copied. */
export function applyMutation(
  templates: ReadonlyMap<string, Template>,
  { edits }: Mutation,
): Map<string, Template> {
  const changed = new Map<string, Template>();
  for (const edit of edits) {
    const [file, id] =
      'add' in edit
        ? [fileOf(templates, edit.in), edit.add]
        : find(templates, 'drop' in edit ? edit.drop : edit.id);
    const template = changed.get(file) ?? structuredClone(templates.get(file) ?? { Resources: {} });
    changed.set(file, template);
    applyEdit(template, id, edit);
  }
  return changed;
}

function applyEdit(template: Template, id: string, edit: Edit): void {
  if ('add' in edit) template.Resources[id] = edit.resource as Template['Resources'][string];
  else if ('drop' in edit) Reflect.deleteProperty(template.Resources, id);
  else {
    const resource = template.Resources[id];
    if (resource === undefined) throw new Error(`no resource ${id}`);
    resource.Properties ??= {};
    setAt(
      resource.Properties,
      ('set' in edit ? edit.set : edit.remove).split('.'),
      'set' in edit ? edit.to : undefined,
    );
  }
}

function setAt(root: Container, steps: readonly string[], value: unknown): void {
  let current = root;
  for (const step of steps.slice(0, -1)) {
    const next = current[step];
    if (typeof next !== 'object' || next === null) {
      if (value === undefined) throw new Error(`nothing stands at ${steps.join('.')}`);
      current[step] = {};
    }
    current = current[step] as Container;
  }
  const last = steps.at(-1) ?? '';
  if (value !== undefined) current[last] = value;
  else if (!(last in current)) throw new Error(`nothing stands at ${steps.join('.')}`);
  else if (Array.isArray(current)) current.splice(Number(last), 1);
  else Reflect.deleteProperty(current, last);
}

const hash = /^[0-9A-F]{8}$/;

/** True when a logical id is this name, apart from the hash that CDK appends. */
export function isCalled(logicalId: string, name: string): boolean {
  return logicalId === name || (logicalId.startsWith(name) && hash.test(logicalId.slice(name.length)));
}

function find(templates: ReadonlyMap<string, Template>, name: string): [file: string, id: string] {
  const found = [...templates].flatMap(([file, { Resources }]) =>
    Object.keys(Resources)
      .filter((id) => isCalled(id, name))
      .map((id): [string, string] => [file, id]),
  );
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`${found.length} resources are called ${name}`);
  return first;
}

function fileOf(templates: ReadonlyMap<string, Template>, stack: string): string {
  const file = [...templates.keys()].find((name) => name.startsWith(`${stack}.`));
  if (file === undefined) throw new Error(`no stack ${stack}`);
  return file;
}
