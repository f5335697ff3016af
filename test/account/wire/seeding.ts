import type { Wire } from './seed.ts';

/** Which of the two accounts is made, and what the endpoint refused of it. */
export class Seeding {
  /** Calls that the endpoint did not answer, by name: what they would have made is not there. */
  readonly refused: string[] = [];
  /** The customer-managed key of the account. */
  key = '';

  constructor(
    readonly wire: Wire,
    readonly account: string,
    /** As the diagrams have it, or as nobody should. */
    readonly isSound: boolean,
  ) {}

  /** ARN of a resource in the account and Region. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.wire.region}:${this.account}:${resource}`;
  }

  /** ARN of a resource of the account that has no Region. */
  globalArn(service: string, resource: string): string {
    return `arn:aws:${service}::${this.account}:${resource}`;
  }

  /** `values` in the sound account, nothing in the other. */
  sound<Values extends object>(values: Values): Values | Record<never, never> {
    return this.isSound ? values : {};
  }

  /** Makes a call that the endpoint may lack; undefined where it does. */
  async offered<Output>(name: string, call: Promise<Output>): Promise<Output | undefined> {
    try {
      return await call;
    } catch {
      this.refused.push(name);
      return undefined;
    }
  }
}

/** A policy document of these statements. */
export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** Denies what is not sent over TLS. */
export function tlsOnly(action: string, resources: readonly string[]): object {
  return {
    Effect: 'Deny',
    Principal: '*',
    Action: action,
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
