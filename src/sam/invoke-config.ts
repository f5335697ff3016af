import { scalarText } from '../model/scalar-text.ts';
import { member } from '../text/raw.ts';
import { asMap } from './check-properties.ts';
import { inheritedAttributes, type SamContext } from './context.ts';
import type { EventTarget } from './event-target.ts';
import { hashedId } from './logical-id.ts';
import { SamProblem } from './problem.ts';
import { allow } from './roles.ts';
import { getAtt, isGiven, isTruthy, listOf, isNoValue, pick, present, ref, type Tree } from './tree.ts';

const outcomes = ['OnSuccess', 'OnFailure'] as const;

/** What the destinations need of the function's role, and the ids of what they made. */
interface InvokeNeeds {
  readonly policies: readonly Tree[];
  readonly made: readonly string[];
}

/** `EventInvokeConfig`, with the destinations that it asks to be made. Returns what the role must be allowed. */
export function expandInvokeConfig(target: EventTarget, context: SamContext): InvokeNeeds {
  const { resource, alias } = target;
  const { id, properties } = resource;
  if (!isTruthy(properties['EventInvokeConfig'])) return { policies: [], made: [] };
  const config = asMap(properties['EventInvokeConfig'], 'EventInvokeConfig');
  const written = config['DestinationConfig'];
  const policies: Tree[] = [];
  const before = context.emitted;
  const destinations: Tree = {};
  for (const outcome of isGiven(written) ? outcomes : []) {
    const destination = member(written, outcome);
    if (!isTruthy(destination)) continue;
    const made = new Destination(target, outcome, destination, context);
    destinations[outcome] = made.value();
    policies.push(...made.policies());
  }
  const invokeConfig = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    ...(alias === undefined ? {} : { DependsOn: [alias.id] }),
    ...inheritedAttributes(resource),
    Properties: present({
      ...pick(config, ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']),
      FunctionName: ref(id),
      Qualifier: alias === undefined ? '$LATEST' : alias.name,
      DestinationConfig: destinations,
    }),
  };
  context.emit(`${id}EventInvokeConfig`, invokeConfig, { id, path: ['EventInvokeConfig'], direct: true });
  return { policies, made: context.emittedSince(before) };
}

class Destination {
  readonly #id: string;
  readonly #type: string;
  readonly #arn: unknown;
  readonly #path: readonly string[];

  constructor(
    readonly target: EventTarget,
    readonly outcome: (typeof outcomes)[number],
    written: unknown,
    readonly context: SamContext,
  ) {
    this.#path = ['EventInvokeConfig', 'DestinationConfig', outcome];
    const destination = asMap(written, this.#path.join('.'));
    const type = context.resolved(destination['Type']);
    if (!['SQS', 'SNS', 'Lambda', 'EventBridge', 'S3Bucket'].includes(scalarText(type))) {
      const problem = '`Type` of a destination is `SQS`, `SNS`, `Lambda`, `EventBridge` or `S3Bucket`';
      throw new SamProblem(problem, this.#path);
    }
    this.#type = scalarText(type);
    const isMade = this.#type === 'SQS' || this.#type === 'SNS';
    if (!isMade && !isGiven(destination['Destination'])) {
      throw new SamProblem(`a destination of type \`${this.#type}\` needs \`Destination\``, this.#path);
    }
    this.#id = `${target.resource.id}EventInvokeConfig${outcome}`;
    this.#arn = isMade ? this.#madeOrGiven(destination['Destination']) : destination['Destination'];
  }

  value(): Tree {
    return { Destination: this.#arn };
  }

  policies(): Tree[] {
    const actions: Readonly<Record<string, readonly [string, string]>> = {
      SQS: ['SQSPolicy', 'sqs:SendMessage'],
      SNS: ['SNSPolicy', 'sns:publish'],
      Lambda: ['LambdaPolicy', 'lambda:InvokeFunction'],
      EventBridge: ['EventBridgePolicy', 'events:PutEvents'],
    };
    const found = actions[this.#type];
    if (found !== undefined) return [allow(this.#id + found[0], found[1], this.#arn)];
    return [bucketPolicy(`${this.#id}S3Policy`, this.#arn)];
  }

  /** The destination that is named, one that is made, or either, as a condition decides. */
  #madeOrGiven(written: unknown): unknown {
    const own = inheritedAttributes(this.target.resource);
    if (!isTruthy(written)) return this.#make(own['Condition']);
    const either = listOf(member(written, 'Fn::If'));
    const [condition, yes, no] = either;
    if (typeof condition !== 'string' || (!isNoValue(yes) && !isNoValue(no))) return written;
    if (isNoValue(yes))
      return { 'Fn::If': [condition, this.#make(this.#both(own['Condition'], condition)), no] };
    const negated = hashedId(`NOT${condition}`, `${this.target.resource.id}EventInvokeConfig`);
    this.context.conditions[negated] = { 'Fn::Not': [{ Condition: condition }] };
    return { 'Fn::If': [negated, this.#make(this.#both(own['Condition'], negated)), yes] };
  }

  #both(first: unknown, second: string): string {
    if (typeof first !== 'string') return second;
    const name = hashedId(`${first}AND${second}`, this.target.resource.id);
    this.context.conditions[name] = { 'Fn::And': [{ Condition: first }, { Condition: second }] };
    return name;
  }

  #make(condition: unknown): Tree {
    const isQueue = this.#type === 'SQS';
    const id = this.#id + (isQueue ? 'Queue' : 'Topic');
    const made = {
      Type: isQueue ? 'AWS::SQS::Queue' : 'AWS::SNS::Topic',
      ...inheritedAttributes(this.target.resource),
      ...present({ Condition: condition }),
      Properties: {},
    };
    this.context.emit(id, made, { id: this.target.resource.id, path: this.#path });
    return isQueue ? getAtt(id, 'Arn') : ref(id);
  }
}

/** What a role needs to put objects into a bucket. */
export function bucketPolicy(name: string, bucketArn: unknown): Tree {
  return {
    PolicyName: name,
    PolicyDocument: {
      Statement: [
        { Action: 's3:PutObject', Effect: 'Allow', Resource: { 'Fn::Join': ['/', [bucketArn, '*']] } },
        { Action: 's3:ListBucket', Effect: 'Allow', Resource: bucketArn },
      ],
    },
  };
}
