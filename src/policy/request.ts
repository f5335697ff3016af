import type { Resource } from '../model/resource.ts';
import type { Cause, Value } from '../model/value.ts';
import type { AddressRange } from './addresses.ts';
import type { Truth } from '../model/truth.ts';

/** What may stand under one condition key of a request. */
export type Candidate =
  | { readonly kind: 'absent' }
  /** A known text; marked pieces (see symbolic-text) stand for what only the deployment knows. */
  | { readonly kind: 'text'; readonly text: string }
  /**
   * A value that belongs to an outsider: an account, ARN, organization, network that no policy of ours fixes.
   * With a text it is this one, which may hold marked pieces of the pattern that it was made to fit.
   */
  | { readonly kind: 'foreign'; readonly text?: string }
  | { readonly kind: 'address'; readonly address: AddressRange }
  /** The ARN of a resource of the scan. */
  | { readonly kind: 'resource'; readonly resource: Resource }
  /** The account in which the resources of the scan stand. */
  | { readonly kind: 'account' }
  /** Nobody knows here what the request will hold. */
  | { readonly kind: 'unknown'; readonly cause: Cause };

/** Who asks, as a policy's principal element sees it. */
export type Requester =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'foreign' }
  /** By its name (`events.amazonaws.com`); without one, some service. */
  | { readonly kind: 'service'; readonly name?: string }
  /** A role of the scan, and the account that it stands in. */
  | {
      readonly kind: 'role';
      readonly roles: readonly Resource[];
      /** Only where the policy names the role itself, and leaves nothing to its account. */
      readonly named?: boolean;
    }
  /** Exactly whom a policy names by this value. */
  | { readonly kind: 'named'; readonly value: Value };

/** How a function is called: by an alias or version, or by none. */
export interface Call {
  readonly qualifier: Value | undefined;
}

/** Which resource is asked for. */
export type Asked =
  /** A resource of the scan. */
  | {
      readonly kind: 'resource';
      readonly resource: Resource;
      /** Of a function: how it is called. */
      readonly call?: Call;
    }
  /** What is in it: all objects of a bucket, or one object under this key. */
  | { readonly kind: 'objects'; readonly resource: Resource; readonly key?: string }
  /** Whatever the statement names: a policy that can speak of nothing else. */
  | { readonly kind: 'any' }
  /** A resource of somebody else. */
  | { readonly kind: 'foreign' }
  /** A resource of the account that no policy names, nor a part of its name: what is allowed on it is allowed on all of its type. */
  | { readonly kind: 'unlisted' };

/** What the policies know of the scan around them. */
export interface PolicyWorld {
  /** Whether a value of `from` names `target`; patterns of ARNs included. */
  names(value: Value, from: Resource, target: Resource, call?: Call): Truth;
  /** The account of the resources, where it is known. */
  readonly account?: string | undefined;
  /** When requests are made, in seconds since 1970: a permission that has ended admits nobody. */
  readonly now: number;
}
