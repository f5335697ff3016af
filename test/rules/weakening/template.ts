/** JSON as a template holds it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface WrittenResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: JsonObject;
}

/** A template whose resources are weakened. */
export interface Template {
  readonly Transform?: Json;
  readonly Parameters?: JsonObject;
  readonly Conditions?: JsonObject;
  readonly Outputs?: JsonObject;
  readonly Resources: Readonly<Record<string, WrittenResource>>;
}

/** Keys of objects and indexes of lists, as text, from the properties inwards. */
export type Steps = readonly string[];

/** A value of a resource, and where it stands. */
export interface Site {
  readonly id: string;
  readonly type: string;
  readonly steps: Steps;
  readonly value: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for `{Ref: ...}` and `{"Fn::...": ...}`. */
export function isIntrinsic(value: Json | undefined): value is JsonObject {
  if (!isObject(value)) return false;
  const [key = '', another] = Object.keys(value);
  return another === undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

/** Every value of a resource's properties, intrinsic functions as a whole. */
export function* sitesOf(id: string, { Type: type, Properties = {} }: WrittenResource): Generator<Site> {
  function* within(value: Json, steps: Steps): Generator<Site> {
    if (steps.length > 0) yield { id, type, steps, value };
    if (typeof value !== 'object' || value === null || isIntrinsic(value)) return;
    for (const [step, part] of Object.entries(value)) yield* within(part as Json, [...steps, step]);
  }
  yield* within(Properties, []);
}

/** What stands at a site instead; `undefined` takes the value away. */
export function replaced(template: Template, { id, steps }: Site, by: Json | undefined): Template {
  const resource = template.Resources[id];
  if (resource === undefined) return template;
  const properties = replacedIn(resource.Properties ?? {}, steps, by) as JsonObject; // properties stay an object
  return { ...template, Resources: { ...template.Resources, [id]: { ...resource, Properties: properties } } };
}

function replacedIn(value: Json, [step, ...rest]: Steps, by: Json | undefined): Json {
  if (step === undefined) return by ?? null;
  const isLast = rest.length === 0;
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) => {
      if (String(index) !== step) return [item];
      return isLast && by === undefined ? [] : [replacedIn(item, rest, by)];
    });
  const members = value as JsonObject; // steps lead through lists and objects alone
  if (isLast && by === undefined)
    return Object.fromEntries(Object.entries(members).filter(([key]) => key !== step));
  return { ...members, [step]: replacedIn(members[step] ?? null, rest, by) };
}

/** The template with resources added, or put in the place of others. */
export function withResources(
  template: Template,
  resources: Readonly<Record<string, WrittenResource>>,
): Template {
  return { ...template, Resources: { ...template.Resources, ...resources } };
}

/** Logical ids that an intrinsic function names. */
export function namedIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    if (key === 'Ref' && typeof part === 'string') return [part];
    if (key === 'Fn::GetAtt') {
      const first = typeof part === 'string' ? part.split('.')[0] : Array.isArray(part) ? part[0] : undefined;
      return typeof first === 'string' ? [first] : [];
    }
    if (key === 'Fn::Sub') {
      const [text, values = {}] = Array.isArray(part) ? (part as readonly Json[]) : [part];
      if (typeof text !== 'string') return [];
      const names = [...text.matchAll(/\$\{([^!.}]+)[^}]*\}/g)].map(([, name = '']) => name);
      return [...names, ...namedIn(values)];
    }
    return namedIn(part);
  });
}

/** The intrinsic function with another logical id in place of one. */
export function renamedIn(value: Json, from: string, to: string): Json {
  if (Array.isArray(value)) return value.map((part: Json) => renamedIn(part, from, to));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (key === 'Ref') return [key, part === from ? to : part];
      if (key === 'Fn::GetAtt') {
        if (typeof part === 'string')
          return [key, part.startsWith(`${from}.`) ? `${to}${part.slice(from.length)}` : part];
        if (!Array.isArray(part)) return [key, part];
        const [first, ...rest] = part as readonly Json[];
        return [key, first === from ? [to, ...rest] : part];
      }
      if (key === 'Fn::Sub') {
        const inText = (text: Json): Json =>
          typeof text === 'string'
            ? text.replaceAll(`\${${from}}`, `\${${to}}`).replaceAll(`\${${from}.`, `\${${to}.`)
            : text;
        if (!Array.isArray(part)) return [key, inText(part)];
        const [text = '', values = {}] = part as readonly Json[];
        return [key, [inText(text), renamedIn(values, from, to)]];
      }
      return [key, renamedIn(part, from, to)];
    }),
  );
}
