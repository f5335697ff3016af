import type { Value } from '../../model/value.ts';

/** How an attribute's value becomes a property's; where nothing is said, as it is. */
export type Conversion =
  | 'awscc' // objects and lists whose names are those of CloudFormation in snake case
  | 'acl' // `public-read` -> `PublicRead`
  | 'credential' // a secret by nature: what is written out counts as written, all else as a secret of unknown value
  | 'definition' // text of a state machine
  | 'document' // JSON or YAML text -> object
  | 'enabledState' // true -> ENABLED
  | 'json' // JSON text -> object
  | 'kept' // may hold a secret: decided by, and shown nowhere
  | 'methodPath' // `orders/GET` -> `/orders`
  | 'methodVerb' // `orders/GET` -> `GET`
  | 'pairs' // a map -> [{Name, Value}]
  | 'pascal' // nested blocks with names as CloudFormation has them
  | 'pipes' // as pascal, with the names of Pipes
  | 'redrive' // JSON text that holds the ARN of one queue
  | 'routeSettings' // blocks -> a map by route key
  | 'routeTarget' // `integrations/ID`
  | 'secret' // is marked, and kept nowhere
  | 'statements' // JSON text of a policy -> its statements
  | 'tags' // a map -> [{Key, Value}]
  | 'target' // names a function or an address, whatever stands around it
  | 'text' // may go on behind the ARN that it starts with
  | 'versioning' // true -> Enabled
  | 'waf' // as pascal, with the names and lists of WAF
  | 'weights'; // a map -> [{FunctionVersion, FunctionWeight}]

export interface How {
  readonly as?: Conversion;
  /** Of `awscc`: the names of CloudFormation by those in snake case, where words alone do not give them. */
  readonly names?: ReadonlyMap<string, string>;
  /** Values that mean the same as nothing. */
  readonly unless?: readonly Value[];
  /** What Terraform takes for an attribute that is not written, where CloudFormation or the service takes something else. */
  readonly default?: Value;
  /** True for a list or a set: an expression with several references holds all of them. */
  readonly list?: true;
  /** Gives way to another attribute for the same property. */
  readonly weak?: true;
  /**
   * True for a text of the user's own, or a map: what it refers to may stand anywhere in it, so that a reference alone
   * does not tell what it is.
   */
  readonly free?: true;
  /** The only types that it can name by a reference alone; a reference to another type is a piece of a text. */
  readonly of?: readonly string[];
  /** Counts only where the plan knows it: what is not known is no input of the user's. */
  readonly known?: true;
}

/**
 * An attribute and the property that it becomes. `[]` behind a block or a property stands for each element;
 * a block without it has one element at most. A `[]` that stands in the property alone makes a list of one.
 * `-` is no property.
 */
export type Row = readonly [attribute: string, property: string, how?: How];

/** A resource that CloudFormation has beside the one that Terraform writes. */
export interface AlsoType {
  readonly type: string;
  /** Behind the address, to tell them apart. */
  readonly suffix: string;
  /** The property that names the resource that it was written in. */
  readonly owner: string;
  /** The attribute without which (or at `false` of which) there is none. */
  readonly when: string;
  readonly rows: readonly Row[];
}

/** A type of Terraform's AWS provider in the words of CloudFormation. */
export interface MappedType {
  readonly terraform: string;
  readonly type: string;
  /** Of a part, which has no node of its own: the attributes that name its owner, and what of the owner they name. */
  readonly partOf?: Readonly<Record<string, string>>;
  /** Other types that may be its owner. */
  readonly alsoOf?: readonly string[];
  /** Of a part with several owners: the attribute that lists them. */
  readonly each?: string;
  /**
   * What a reference to an attribute means: `Ref` or an attribute of `Fn::GetAtt`; `@x` what attribute `x`
   * means; `#x` the resource beside it of that suffix; a text around such pieces in braces.
   */
  readonly ids?: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly also?: readonly AlsoType[];
}
