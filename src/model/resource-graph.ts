import type { World } from './conditions.ts';
import type { Resource } from './resource.ts';
import type { Truth } from './truth.ts';
import type { Cause, ObjectValue, Path, Value } from './value.ts';

/** One edge: the value at `path` of `from` names `to`. */
export interface Relation {
  readonly name: string;
  readonly from: Resource;
  /** Undefined when the value could not be resolved to a resource: `cause` says why. */
  readonly to?: Resource;
  readonly cause?: Cause;
  /** True where the edge stands under an undecided condition. */
  readonly uncertain?: Cause;
  /** Where in `from` the naming value stands; `[]` for a derived edge. */
  readonly path: Path;
  /** Facts of the edge itself, e.g. how an entry invokes a function: `{invocation: 'async'}`. */
  readonly attributes?: ObjectValue;
  /** For people: "derived from the statement that allows dynamodb:PutItem". */
  readonly because?: string;
}

/** The far ends of a relation, and why there may be more of them than are listed. */
export interface RelatedSet {
  readonly edges: readonly Relation[];
  /** Set when the list may be incomplete; an absence is then unknown. */
  readonly incomplete?: Cause;
}

/** A normalised statement of a policy document. Strings are lists, `NotAction` and the like stand apart. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principals: readonly PolicyPrincipal[];
  readonly notPrincipals: readonly PolicyPrincipal[];
  readonly actions: readonly Value[];
  readonly notActions: readonly Value[];
  readonly resources: readonly Value[];
  readonly notResources: readonly Value[];
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly Value[];
  }[];
  /** Of a permission of Lambda: the alias or version that it is for; without one it is for the function alone. */
  readonly qualifier?: Value;
  /** The resource whose property holds the document, and where in it the statement stands. */
  readonly holder: Resource;
  readonly path: Path;
  /** Set when a part of the statement, or whether it exists, could not be resolved. */
  readonly unresolved?: Cause;
}

export interface PolicyPrincipal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` for the bare star. */
  readonly kind: string;
  readonly value: Value;
}

/** The statements found for a resource, and why there may be more. */
export interface StatementSet {
  readonly statements: readonly PolicyStatement[];
  readonly incomplete?: Cause;
}

/** One AWS service that a function uses, and what that was derived from. */
export interface UsedService {
  /** Endpoint service name: `dynamodb`, `s3`, `secretsmanager`, `sqs`, `sns`, `events`, `states`, `kms`, `xray`, `logs`, `monitoring`, `sts`, `ssm`. */
  readonly service: string;
  /** For people: "role statement allows dynamodb:GetItem". */
  readonly because: string;
  /** Set when it is only possible, e.g. a wildcard action. */
  readonly uncertain?: Cause;
}

/** One state of a state machine's definition, flattened (nested states of Map and Parallel included). */
export interface WorkflowState {
  readonly name: string;
  readonly type: string;
  readonly body: ObjectValue;
  /** Where in the state machine's properties it stands, as far as that is known. */
  readonly path: Path;
  /** Set where it stands under an undecided condition. */
  readonly uncertain?: Cause;
}

/** A flow found in the graph: an entry, the functions behind it, and what stands in each node of its diagram. */
export interface Flow {
  /** Stable: `<diagram>:<entry id>`. */
  readonly id: string;
  readonly diagram: 'api' | 'events' | 'batch';
  readonly entry: Resource;
  /** Every resource that belongs to the flow, by node id of the diagram in rules/flows. */
  readonly nodes: ReadonlyMap<string, readonly Resource[]>;
}

/**
 * All resources of a scan and what joins them. Built by `linkGraph`; everything in it is
 * immutable to its readers. Order of resources never changes an answer.
 */
export interface ResourceGraph {
  readonly resources: readonly Resource[];
  readonly flows: readonly Flow[];
  /** The flows that are there whichever way undecided conditions turn out; `flows` itself where nothing hangs on one. */
  readonly certainFlows: readonly Flow[];
  byId(id: string): Resource | undefined;
  /** Resources of a type (exact name). */
  ofType(type: string): readonly Resource[];
  /**
   * Edges of `resource` along a named relation or a named inverse. `within` keeps the edges whose
   * naming value stands at or below that path of the resource's own properties.
   */
  related(resource: Resource, relation: string, within?: Path): RelatedSet;
  /**
   * Whether a value that stands in `from` names `target`: by reference, ARN, URL, name, or a pattern of
   * ARNs with `*` and `?`. A cause where only the deployment knows. Conditions turn out as `world` has them.
   * With `call`, a function only by the alias or version that is called, or by none where none is.
   */
  names(
    value: Value,
    from: Resource,
    target: Resource,
    world: World,
    call?: { readonly qualifier: Value | undefined },
  ): Truth;
  /** True when some row of the relation table defines this relation or inverse name. */
  hasRelation(relation: string): boolean;
  /** Statements of the resource-based policies on a resource (queue, topic, bucket, key, bus, endpoint, secret, function, API). */
  resourceStatements(resource: Resource): StatementSet;
  /** Statements that a role (or a function's, state machine's, schedule's role) holds: inline, attached, managed in the scan. */
  identityStatements(resource: Resource): StatementSet;
  /** Which AWS services a function uses. */
  usedServices(resource: Resource): {
    readonly services: readonly UsedService[];
    readonly incomplete?: Cause;
  };
  /** States of a state machine's definition. */
  workflowStates(resource: Resource): {
    readonly states: readonly WorkflowState[];
    readonly incomplete?: Cause;
  };
  /** Why resources of a type may be missing from the scan, if they may (a denied list call). */
  incompleteness(type: string, scope: string): Cause | undefined;
}
