import { StandardRetryStrategy } from '@smithy/core/retry';
import type { GuardedClient } from '../../src/account/guard-client.ts';

/** What a call is answered with: the SDK's output, or what makes it of the input. */
export type Reply = object | ((input: Record<string, unknown>) => object);

/** `service.Operation` -> reply. What is not listed is answered with an empty object. */
export type Replies = Readonly<Record<string, Reply>>;

/** A trouble that strikes calls before they are answered. */
export interface Fault {
  /** `service.Operation`, or the beginning of one. */
  readonly call: string;
  readonly fault: keyof typeof troubles;
  /** How often it strikes; default: every time. */
  readonly times?: number;
  /** Strikes only where the input says so. */
  readonly when?: (input: Record<string, unknown>) => boolean;
}

/** A request as it would have been sent, retries included. */
export interface Attempt {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly at: number;
}

/** An account that exists only as replies. Stands where the SDK would send: nothing reaches a network. */
export class ReplayedAccount {
  readonly attempts: Attempt[] = [];
  readonly #struck = new Map<Fault, number>();

  constructor(
    readonly replies: Replies,
    readonly faults: readonly Fault[] = [],
    readonly now: () => number = () => 0,
  ) {}

  /** For `CollectAccountOptions.customise`. */
  readonly customise = (client: GuardedClient, service: string, region: string): void => {
    const { middlewareStack, config } = client as unknown as SdkClient;
    config.retryStrategy = () =>
      Promise.resolve(new StandardRetryStrategy({ maxAttempts: 3, backoff: noDelay }));
    middlewareStack.add(
      (next, context) => async (args) => {
        const operation = context.commandName.replace(/Command$/, '');
        const { input } = args;
        this.attempts.push({ service, region, operation, input, at: this.now() });
        const fault = this.#faultOf(`${service}.${operation}`, input);
        if (fault === 'html' || fault === 'page' || fault === 'cutBody')
          return next({ ...args, wire: fault });
        if (fault !== undefined) throw troubles[fault]();
        const call = `${service}.${operation}`;
        const reply = this.replies[call] ?? standing[call] ?? this.#asDrafted(call) ?? {};
        const output = typeof reply === 'function' ? (reply as (input: object) => object)(input) : reply;
        return { output: { $metadata: {}, ...output }, response: {} };
      },
      { step: 'finalizeRequest', priority: 'low', name: 'replay' },
    );
    middlewareStack.add(
      () => (args) => {
        if (args.wire === undefined) return Promise.reject(new Error('tests do not touch the network'));
        return Promise.resolve({ response: wireAnswers[args.wire]() });
      },
      { step: 'deserialize', priority: 'low', name: 'wire' },
    );
  };

  /** Whatever is not said otherwise is deployed as it is drafted. */
  #asDrafted(call: string): Reply | undefined {
    const drafted = this.replies['apigateway.GetResources'];
    if (call !== 'apigateway.GetDeployment' || drafted === undefined) return undefined;
    return (input) => {
      const { items = [] } = (typeof drafted === 'function' ? drafted(input) : drafted) as Drafted;
      return {
        apiSummary: Object.fromEntries(
          items.map(({ path, resourceMethods = {} }) => [path, resourceMethods]),
        ),
      };
    };
  }

  #faultOf(call: string, input: Record<string, unknown>): Fault['fault'] | undefined {
    for (const fault of this.faults) {
      const struck = this.#struck.get(fault) ?? 0;
      if (!call.startsWith(fault.call) || struck >= (fault.times ?? Infinity)) continue;
      if (fault.when !== undefined && !fault.when(input)) continue;
      this.#struck.set(fault, struck + 1);
      return fault.fault;
    }
    return undefined;
  }

  /** How often each operation was sent. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { service, operation } of this.attempts) {
      counts[`${service}.${operation}`] = (counts[`${service}.${operation}`] ?? 0) + 1;
    }
    return counts;
  }
}

interface Drafted {
  readonly items?: readonly { readonly path: string; readonly resourceMethods?: object }[];
}

const standing: Replies = {
  'sts.GetCallerIdentity': {
    Account: '111122223333',
    Arn: 'arn:aws:sts::111122223333:assumed-role/Auditor/headgate',
  },
  'ec2.DescribeRegions': {
    Regions: [
      { RegionName: 'eu-west-1', OptInStatus: 'opt-in-not-required' },
      { RegionName: 'us-east-1', OptInStatus: 'opt-in-not-required' },
      { RegionName: 'eu-south-2', OptInStatus: 'not-opted-in' },
    ],
  },
};

const noDelay = { computeNextBackoffDelay: () => 0, setDelayBase: () => undefined };

interface Args {
  readonly input: Record<string, unknown>;
  readonly wire?: 'html' | 'page' | 'cutBody';
}

interface SdkClient {
  readonly config: { retryStrategy: unknown };
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: Args) => Promise<object>,
        context: { commandName: string },
      ) => (args: Args) => Promise<object>,
      options: object,
    ): void;
  };
}

function serviceError(name: string, status: number, message: string): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } });
}

const caller = 'User: arn:aws:sts::111122223333:assumed-role/Auditor/headgate is not authorized to perform:';

const troubles = {
  throttle: () => serviceError('TooManyRequestsException', 429, 'Rate exceeded'),
  deny: () =>
    serviceError(
      'AccessDeniedException',
      403,
      `${caller} lambda:GetPolicy because no identity-based policy allows it`,
    ),
  denyByScp: () =>
    serviceError(
      'AccessDeniedException',
      403,
      `${caller} lambda:GetPolicy on resource: x with an explicit deny in a service control policy`,
    ),
  notFound: () => serviceError('ResourceNotFoundException', 404, 'There is none'),
  noBlock: () => serviceError('NoSuchPublicAccessBlockConfiguration', 404, 'There is none'),
  serverError: () => serviceError('InternalFailure', 503, 'We had a problem'),
  timedOut: () => Object.assign(new Error('the request took longer than 30 s'), { name: 'TimeoutError' }),
  cutConnection: () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
  expired: () =>
    serviceError('ExpiredTokenException', 403, 'The security token included in the request is expired'),
  html: () => new Error('answered on the wire'),
  page: () => new Error('answered on the wire'),
  cutBody: () => new Error('answered on the wire'),
} as const;

const wireAnswers = {
  html: () => response(404, 'text/html', '<!doctype html><title>404 Not Found</title>'),
  page: () => response(200, 'text/html', '<html><body><p>Sign in</p></body></html>'),
  cutBody: () => response(200, 'application/json', '{"Functions": [{"FunctionName": "ord'),
};

function response(statusCode: number, type: string, body: string) {
  return { statusCode, headers: { 'content-type': type }, body: new TextEncoder().encode(body) };
}
