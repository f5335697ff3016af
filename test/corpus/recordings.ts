import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { XmlCodec } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { GuardedClient } from '../../src/account/guard-client.ts';

/** A recorded answer: what boto made of it, with dates as dates. */
export interface Recording {
  /** `service.Operation` as boto calls them. */
  readonly call: string;
  /** `folder/file`. */
  readonly file: string;
  readonly status: number;
  readonly data: Data;
}

export type Data = Readonly<Record<string, unknown>>;

/** Where the recordings are, beside the checkout. */
export const recordingsFolder = join('..', 'shared', 'corpus', 'aws-responses');

/** Every recording of an operation, in the order of their names. Empty where the corpus is not there. */
export function readRecordings(): readonly Recording[] {
  if (!existsSync(recordingsFolder)) return [];
  return readdirSync(recordingsFolder, { recursive: true, encoding: 'utf8' })
    .sort()
    .flatMap((file) => {
      const [, call] = /([a-z0-9]+\.[A-Za-z0-9]+)_\d+\.json$/.exec(file) ?? [];
      if (call === undefined) return [];
      const text = readFileSync(join(recordingsFolder, file), 'utf8');
      const recorded = JSON.parse(text, revive) as { readonly status_code: number; readonly data: Data };
      return [{ call, file, status: recorded.status_code, data: recorded.data }];
    });
}

function revive(key: string, value: unknown): unknown {
  // What the recording tool wrote beside the answer.
  if (key.startsWith('c7n')) return undefined;
  if (key === 'CreationDate' && typeof value === 'string') return new Date(value);
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'Attributes' && !Array.isArray(value)) return textsOf(value);
  if (!('__class__' in value)) return value;
  const { year, month, day, hour, minute, second } = value as unknown as Record<string, number>;
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second));
}

/** Attributes are texts; the recording tool added lists to some. */
function textsOf(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => typeof value === 'string'));
}

/** An answer that a test makes up: the SDK's output, or what makes it of the input. */
type MadeUp = object | ((input: Data) => object);

/** An account that answers with recordings, put back into the service's protocol, and else with what a test makes up. */
export class RecordedAccount {
  /** Calls that were answered with a recording. */
  readonly answered: string[] = [];
  readonly #recordings: Map<string, Recording[]>;

  constructor(
    /** By the collector's service and operation; each is given out once, in this order. */
    recordings: ReadonlyMap<string, readonly Recording[]>,
    readonly madeUp: Readonly<Record<string, MadeUp>>,
  ) {
    this.#recordings = new Map([...recordings].map(([call, list]) => [call, [...list]]));
  }

  /** For `CollectAccountOptions.customise`. */
  readonly customise = (client: GuardedClient, service: string): void => {
    const { middlewareStack, config } = client as unknown as SdkClient; // every SDK client has these
    middlewareStack.add(
      (next, context) => (args) => {
        const call = `${service}.${context.commandName.replace(/Command$/, '')}`;
        const recording = this.#recordings.get(call)?.shift();
        if (recording !== undefined) {
          this.answered.push(call);
          return next({ ...args, recording });
        }
        const madeUp = this.madeUp[call] ?? standing[call] ?? {};
        const output =
          typeof madeUp === 'function' ? (madeUp as (input: Data) => object)(args.input) : madeUp;
        return Promise.resolve({ output: { $metadata: {}, ...output }, response: {} });
      },
      { step: 'finalizeRequest', priority: 'low', name: 'recorded' },
    );
    middlewareStack.add(
      (_next, context) =>
        ({ recording }) =>
          recording === undefined
            ? Promise.reject(new Error('tests do not touch the network'))
            : Promise.resolve({
                response: toResponse(recording, config.protocol, context.__smithy_context.operationSchema),
              }),
      { step: 'deserialize', priority: 'low', name: 'wire' },
    );
  };
}

const standing: Readonly<Record<string, object>> = {
  'sts.GetCallerIdentity': {
    Account: '644160558196',
    Arn: 'arn:aws:sts::644160558196:assumed-role/Auditor/headgate',
  },
};

interface Args {
  readonly input: Data;
  readonly recording?: Recording;
}

interface Context {
  readonly commandName: string;
  readonly __smithy_context: { readonly operationSchema: OperationSchema };
}

interface SdkClient {
  readonly config: { readonly protocol: Protocol };
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: Args) => Promise<object>,
        context: Context,
      ) => (args: Args) => Promise<object>,
      options: object,
    ): void;
  };
}

interface Serializer {
  write(schema: unknown, value: unknown): void;
  flush(): string | Uint8Array;
}

interface Protocol {
  getShapeId(): string;
  getPayloadCodec(): { createSerializer(): Serializer };
  readonly deserializer: { readonly settings: ConstructorParameters<typeof XmlCodec>[0] };
}

/** As generated: kind, namespace, name, traits, input, output. */
type OperationSchema = readonly [
  kind: number,
  namespace: string,
  name: string,
  traits: unknown,
  input: unknown,
  output: Parameters<typeof NormalizedSchema.of>[0],
];

interface Response {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** The recording as it came over the wire. */
function toResponse({ status, data }: Recording, protocol: Protocol, schema: OperationSchema): Response {
  const isQuery = protocol.getShapeId().endsWith('#awsQuery');
  const isXml = isQuery || protocol.getShapeId().endsWith('#restXml');
  const headers: Record<string, string> = {};
  const body =
    status >= 300
      ? errorBody(data, isXml, isQuery, headers)
      : outputBody(data, isQuery ? queryCodec(protocol) : protocol.getPayloadCodec(), schema, headers);
  const text = isQuery && status < 300 ? inResult(body, schema[2]) : body;
  return { statusCode: status, headers, body: new TextEncoder().encode(text) };
}

function queryCodec({ deserializer }: Protocol): { createSerializer(): Serializer } {
  return new XmlCodec(deserializer.settings);
}

function outputBody(
  data: Data,
  codec: { createSerializer(): Serializer },
  [, , , , , output]: OperationSchema,
  headers: Record<string, string>,
): string {
  const shape = NormalizedSchema.of(output);
  let payload: readonly [name: string, schema: NormalizedSchema] | undefined;
  for (const [name, member] of shape.structIterator()) {
    const { httpHeader, httpPayload } = member.getMergedTraits();
    if (httpPayload === 1) payload = [name, member];
    if (typeof httpHeader === 'string' && data[name] !== undefined) headers[httpHeader] = String(data[name]);
  }
  const [name, schema] = payload ?? [undefined, shape];
  const value = name === undefined ? data : data[name];
  if (typeof value === 'string') return value;
  const serializer = codec.createSerializer();
  serializer.write(schema, value ?? {});
  const written = serializer.flush();
  return typeof written === 'string' ? written : new TextDecoder().decode(written);
}

/** Query services wrap their answer once more. */
function inResult(body: string, operation: string): string {
  const inner = body.endsWith('/>') ? '' : body.slice(body.indexOf('>') + 1, body.lastIndexOf('</'));
  return `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`;
}

function errorBody(data: Data, isXml: boolean, isQuery: boolean, headers: Record<string, string>): string {
  const { Code, Message } = data['Error'] as Record<string, string>; // boto keeps errors so
  if (!isXml) {
    headers['x-amzn-errortype'] = Code ?? '';
    return JSON.stringify({ __type: Code, message: Message });
  }
  const error = `<Error><Code>${Code ?? ''}</Code><Message>refused</Message></Error>`;
  return isQuery ? `<ErrorResponse>${error}</ErrorResponse>` : error;
}
