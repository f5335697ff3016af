import type { Cause } from '../model/value.ts';

/** Where something is collected. `region` is `global` for services that have no Regions. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** `account/region`: the scope of every resource found here. */
  readonly scope: string;
}

/** A resource that an answer showed, with CloudFormation's type and property names. */
export interface Found {
  readonly type: string;
  /** What a person calls it; its ids stand in the properties that CloudFormation has for them. */
  readonly name: string;
  readonly arn?: string;
  /** Makes `type|account|region|key` unique where there is no ARN; default: the name. */
  readonly key?: string;
  /** What later calls need to ask for it. */
  readonly keys?: Readonly<Record<string, string | undefined>>;
  /** As the SDK gave them: dates, bytes and absent members are made plain by `toValue`. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Set where an answer only makes it likely that the resource exists. */
  readonly uncertain?: Cause;
}

/** A resource as later calls see it. */
export interface Item extends Found {
  readonly id: string;
  readonly place: Place;
}

/** Properties for a resource that another call found. */
export interface Patch {
  readonly type: string;
  /** Its ARN or id. */
  readonly of: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What one page of one call tells. */
export interface Answer {
  readonly found?: readonly Found[];
  /** Properties of the item that the call was made for. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patches?: readonly Patch[];
}

interface OperationFacts {
  /** Name in the SDK, e.g. `GetFunctionConcurrency`; unique together with `each`. */
  readonly operation: string;
  /** SDK operations that it makes, where there are several or the name stands for more; no other is let through. */
  readonly calls?: readonly string[];
  /** IAM actions it takes, where they are not `<prefix>:<call>`. */
  readonly actions?: readonly string[];
  /** ARN pieces after `arn:<partition>:`, for actions that say nothing without a resource; default `*`. */
  readonly resources?: readonly string[];
  /** Types that come into sight through it. */
  readonly finds?: readonly string[];
  /** Types of templates that a live account shows as a part of what this finds. */
  readonly standsFor?: readonly string[];
  /**
   * Types that leave their mark in what this finds, so that without a mark there are none of them: who
   * invokes a function by a permission, for one.
   */
  readonly shows?: readonly string[];
  /** Properties of other types that it fills by `Answer.patches`. */
  readonly patches?: Readonly<Record<string, readonly string[]>>;
  /** Names of errors that mean "there is none". */
  readonly absent?: readonly string[];
}

/** Called once a Region. Yields page by page, so that a failing page loses nothing that came before it. */
export interface ListOperation<Api> extends OperationFacts {
  list(api: Api, place: Place): AsyncIterable<Answer>;
}

/** Called for each resource of a type. */
export interface ItemOperation<Api> extends OperationFacts {
  readonly each: string;
  /**
   * Tells what invokes, feeds or stands before something else, so that an audit of a slice asks it of every resource: who
   * belongs to a slice is not known before. `few`: only where there are not many of them; what it would tell of others is
   * unknown in a slice.
   */
  readonly links?: true | 'few';
  /** Top-level properties of `each` that it fills. */
  readonly fills?: readonly string[];
  /** Resources for which the question makes no sense are not asked about. */
  readonly applies?: (item: Item) => boolean;
  read(api: Api, item: Item): AsyncIterable<Answer>;
  /**
   * Stands for what a failed call might have found: what is known of it, the rest being unresolved.
   * Without it the failure makes every resource of the found types doubtful.
   */
  readonly placeholder?: (item: Item, cause: Cause) => Found | readonly Found[];
}

export type Operation<Api = unknown> = ListOperation<Api> | ItemOperation<Api>;

/** Type of the account and Region themselves. */
export const scopeType = 'Headgate::Scope';

/** The resources of one type, for what follows from several answers together. */
export type Collected = (type: string) => readonly Item[];

/** How one service is read: what may be called, and what each call fills. */
export interface Collector<Api = unknown> {
  /** As in `--services`, and in front of rates. */
  readonly service: string;
  /** IAM prefix, e.g. `lambda`. */
  readonly prefix: string;
  /** Read once an account, from the partition's main Region. */
  readonly isGlobal?: true;
  /** Partitions that do not have the service: there it is certain that there is nothing. */
  readonly absentIn?: readonly string[];
  readonly operations: readonly Operation<Api>[];
  /** Loads the SDK client; called only when an operation is planned. */
  open(config: ClientConfig): Promise<Api>;
  /** Resources that follow from what was found; asked only where the types in `needs` were listed to their end. */
  readonly derive?: {
    readonly type: string;
    readonly needs: readonly string[];
    found(collected: Collected): readonly Found[];
  };
}

/** What every client is made with. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials?: Credentials;
  readonly endpoint?: string;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
  readonly maxAttempts?: number;
}

/** The SDK's own shape of keys, or what gives them. */
export type Credentials = AwsKeys | (() => Promise<AwsKeys>);

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** A collector over its SDK client, seen without the client's type. */
export function defineCollector<Api extends object>(collector: Collector<Api>): Collector {
  // The client that `open` gives is the only one that `list` and `read` ever get.
  return collector as unknown as Collector;
}

/** True where the operation is made for each resource of a type. */
export function isItemOperation(operation: Operation): operation is ItemOperation<unknown> {
  return 'each' in operation;
}

/** IAM actions that an operation takes. */
export function actionsOf(collector: Collector, operation: Operation): readonly string[] {
  return operation.actions ?? callsOf(operation).map((call) => `${collector.prefix}:${call}`);
}

/** SDK operations that an operation makes. */
export function callsOf(operation: Operation): readonly string[] {
  return operation.calls ?? [operation.operation];
}
