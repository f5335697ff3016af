import { isRawObject, member, onlyKey, setMember } from '../text/raw.ts';

/** A JSON object that an expansion builds up. */
export type Tree = Record<string, unknown>;

/** True for `{Ref: ..}`, `{Condition: ..}` and `{Fn::..: ..}`, which stand for a value known later. */
export function isIntrinsic(value: unknown): value is Tree {
  const key = isRawObject(value) ? onlyKey(value) : undefined;
  return key === 'Ref' || key === 'Condition' || key?.startsWith('Fn::') === true;
}

/** True for an object that holds members, rather than an intrinsic function. */
export function isMap(value: unknown): value is Tree {
  return isRawObject(value) && !isIntrinsic(value);
}

/** True for what is given: neither absent nor null. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** False for what a template may write to leave something out: null, false, 0, and all that is empty. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isRawObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** The members that are given. */
export function present(members: Readonly<Tree>): Tree {
  const kept: Tree = {};
  for (const [key, value] of Object.entries(members)) if (isGiven(value)) setMember(kept, key, value);
  return kept;
}

/** The members of `source` named by `keys` that are given. */
export function pick(source: unknown, keys: readonly string[]): Tree {
  return present(Object.fromEntries(keys.map((key) => [key, member(source, key)])));
}

/** All members but those named. */
export function omit(source: Readonly<Tree>, keys: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(source).filter(([key]) => !keys.includes(key)));
}

/** A copy that shares nothing with `value`. */
export function copyTree<T>(value: T): T {
  return structuredClone(value);
}

/** `value` as a list: itself, or the one item that it is. */
export function listOf(value: unknown): unknown[] {
  if (!isGiven(value)) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** `{Ref: name}`. */
export function ref(name: string): Tree {
  return { Ref: name };
}

/** `{Fn::GetAtt: [logicalId, attribute]}`. */
export function getAtt(logicalId: string, attribute: string): Tree {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

/** `{Fn::Sub: text}`, or `{Fn::Sub: [text, variables]}`. */
export function sub(text: string, variables?: Tree): Tree {
  return { 'Fn::Sub': variables === undefined ? text : [text, variables] };
}

/** `{Ref: AWS::NoValue}`. */
export const noValue: Readonly<Tree> = { Ref: 'AWS::NoValue' };

/** True for `{Ref: AWS::NoValue}`: the property is left out. */
export function isNoValue(value: unknown): boolean {
  return member(value, 'Ref') === noValue['Ref'];
}

/** `{Fn::If: [condition, value, AWS::NoValue]}`, or the value alone where there is no condition. */
export function onlyIf(condition: unknown, value: unknown): unknown {
  return typeof condition === 'string' ? { 'Fn::If': [condition, value, ref('AWS::NoValue')] } : value;
}

/** The name that a `Ref` holds. */
export function refName(value: unknown): string | undefined {
  const name = isRawObject(value) && onlyKey(value) === 'Ref' ? value['Ref'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** What a `Ref` or a `Fn::GetAtt` names. */
export function namedResource(value: unknown): string | undefined {
  const attribute = member(value, 'Fn::GetAtt');
  const target: unknown = Array.isArray(attribute) ? attribute[0] : attribute;
  return refName(value) ?? (typeof target === 'string' ? target.split('.')[0] : undefined);
}

/** Entries of `tags` as the list that CloudFormation takes. */
export function tagList(tags: unknown): Tree[] {
  return isMap(tags) ? Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) : [];
}

/** True for a list of objects. */
export function isRawTreeList(value: unknown): value is Tree[] {
  return Array.isArray(value) && value.every((item) => isRawObject(item));
}
