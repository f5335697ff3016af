import type { Expression } from '../../../src/model/rule.ts';
import type { Replies } from '../replay.ts';

/** A resource of a template: type and properties. */
export type Declared = readonly [type: string, properties: object];

/** An account as a template declares it and as AWS answers for it. `undefined` takes a resource out of what it is laid over. */
export interface Side {
  readonly resources: Readonly<Record<string, Declared | undefined>>;
  readonly replies: Replies;
}

/** What stands for a template, or for an account and Region, as a whole. */
export const scopeType = 'Headgate::Scope';

/** One resource under both names: logical id in the template, name in the account. */
export interface Pair {
  readonly type: string;
  /** The type that a template has for it, where accounts show it as another. */
  readonly declaredAs?: string;
  readonly logicalId: string;
  readonly liveName: string;
  /** Its name in the badly built account, where it is another. */
  readonly badName?: string;
}

/** A change of one type alone, upon which a verdict on another resource changes, on both sides alike. */
export interface OwnerProof {
  /** The type as accounts show it. */
  readonly type: string;
  readonly declaredAs?: string;
  /** Types that a template has to change along with it, since accounts know it by them alone. */
  readonly with?: readonly string[];
  /** Types that accounts show as one with it: their properties change along. */
  readonly shownBy?: readonly string[];
  /** The pair whose verdicts change, by logical id, and the rules that change theirs. */
  readonly owner: string;
  readonly rules: readonly string[];
  /** Over which side the change is laid; default: the sound one. */
  readonly over?: 'bad';
  readonly change: Side;
  /** Verdicts of the account that stay apart from the template's, rule by rule. */
  readonly apart?: { readonly live: Readonly<Record<string, string>>; readonly reason: string };
}

/** A difference between the sides that has to be, where a case is built badly. */
export interface Exception {
  readonly logicalId: string;
  readonly rule: string;
  readonly declared: string;
  readonly live: string;
  readonly reason: string;
}

/** What one side alone has: a part that accounts show inside of something else, or what is there without anybody's doing. */
export interface OneSided {
  readonly side: keyof BothNames;
  readonly type: string;
  readonly name: string;
  readonly reason: string;
  /** Its rule that decides what another rule decides on the other side; its other rules do not apply. */
  readonly decides?: {
    readonly rule: string;
    readonly other: { readonly type: string; readonly name: string; readonly rule: string };
  };
}

interface BothNames {
  readonly declared: string;
  readonly live: string;
}

/** A type that verdicts lead over without resting on it: an account without it is judged alike. */
export interface Idle {
  readonly type: string;
  /** The account's answers without it. */
  readonly without: Replies;
  readonly reason: string;
}

/** A small account whose resources are judged on both sides, soundly built and badly. */
export interface ParityCase {
  readonly name: string;
  readonly sound: Side;
  /** Laid over the sound side. */
  readonly bad: Side;
  readonly pairs: readonly Pair[];
  readonly proofs?: readonly OwnerProof[];
  /** By type: what a rule of a user's own demands of types that no shipped rule reads. */
  readonly ownRules?: Readonly<Record<string, Expression>>;
  readonly idle?: readonly Idle[];
  readonly exceptions?: readonly Exception[];
  readonly oneSided?: readonly OneSided[];
}

/** A pair, from its type and two names. */
export function pair(type: string, logicalId: string, liveName: string, declaredAs?: string): Pair {
  return { type, logicalId, liveName, ...(declaredAs === undefined ? {} : { declaredAs }) };
}

/** One side with another laid over it. */
export function layOver(base: Side, change: Side): Side {
  return {
    resources: { ...base.resources, ...change.resources },
    replies: { ...base.replies, ...change.replies },
  };
}

/** The template of a side. */
export function templateOf({ resources }: Side): object {
  const there = Object.entries(resources).flatMap(([id, declared]) =>
    declared === undefined ? [] : [[id, { Type: declared[0], Properties: declared[1] }]],
  );
  return { Resources: Object.fromEntries(there) as object };
}

/** `Fn::GetAtt`. */
export const at = (logicalId: string, attribute = 'Arn'): object => ({
  'Fn::GetAtt': [logicalId, attribute],
});

/** `Ref`. */
export const to = (logicalId: string): object => ({ Ref: logicalId });

/** `Fn::Sub`. */
export const sub = (text: string): object => ({ 'Fn::Sub': text });

/** An ARN in the account and Region of all cases. */
export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:111122223333:${resource}`;

/** JSON text, as services hand out documents. */
export const text = (document: object): string => JSON.stringify(document);
