import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Resource } from '../../../src/model/resource.ts';
import type { Value } from '../../../src/model/value.ts';
import {
  admitsEveryone,
  admitsHolder,
  admitsThroughServices,
  deniesWithoutTls,
  type Question,
} from '../../../src/policy/ask.ts';
import { normaliseDocument } from '../../../src/policy/normalise-document.ts';
import { isAllowed, isDenied, type ConcreteRequest, type WrittenStatement } from './reference-evaluator.ts';

const queueArn = 'arn:aws:sqs:eu-west-1:111122223333:orders';
const queue: Resource = {
  id: 'stack/Queue',
  type: 'AWS::SQS::Queue',
  name: 'Queue',
  scope: 'stack',
  properties: {},
  locate: () => ({ file: 'template.yaml', pointer: '' }),
};

function questionOf(statements: readonly WrittenStatement[], actions: Question['actions']): Question {
  const document = { Statement: statements } as unknown as Value; // JSON, as a template would hold it
  return {
    set: normaliseDocument(document, { holder: queue, path: ['PolicyDocument'] }),
    actions,
    service: 'sqs',
    asked: [{ kind: 'resource', resource: queue }],
    world: { now: 0, names: (value) => value === queueArn || value === 'arn:aws:sqs:*:*:*' },
  };
}

/** Whether the product says that the document lets an outsider in. */
function isPublic(statements: readonly WrittenStatement[]): unknown {
  return admitsEveryone(questionOf(statements, 'any'));
}

/** Under each key: what a policy may say of it, and what outsiders have there; undefined for nothing. */
const keys: Readonly<
  Record<
    string,
    {
      readonly operators: readonly string[];
      readonly values: readonly string[];
      readonly anonymous: readonly (string | undefined)[];
      readonly account: readonly (string | undefined)[];
      readonly service: readonly (string | undefined)[];
    }
  >
> = {
  'aws:PrincipalOrgID': {
    operators: ['String'],
    values: ['o-own', 'o-*', '*', 'o-friend'],
    anonymous: [undefined],
    account: [undefined, 'o-outsider'],
    service: [undefined],
  },
  'aws:PrincipalArn': {
    operators: ['Arn', 'String'],
    values: ['*', 'arn:aws:iam::*:role/app', 'arn:aws:iam::111122223333:role/*'],
    anonymous: [undefined],
    account: ['arn:aws:iam::999900001111:role/app', 'arn:aws:iam::999900001111:role/x'],
    service: [undefined],
  },
  'aws:PrincipalAccount': {
    operators: ['String'],
    values: ['111122223333', '*', '????????????'],
    anonymous: ['anonymous'],
    account: ['999900001111'],
    service: [undefined],
  },
  'aws:SourceArn': {
    operators: ['Arn', 'String'],
    values: [
      'arn:aws:s3:::own-bucket',
      'arn:aws:s3:::own-*',
      'arn:aws:sns:*:*:*',
      'arn:aws:sns:eu-west-1:111122223333:*',
      '*',
    ],
    anonymous: [undefined],
    account: [undefined],
    service: [
      undefined,
      'arn:aws:s3:::own-but-not-ours',
      'arn:aws:sns:eu-west-1:999900001111:own-',
      'arn:aws:x:y:999900001111:z',
    ],
  },
  'aws:SourceAccount': {
    operators: ['String'],
    values: ['111122223333', '*'],
    anonymous: [undefined],
    account: [undefined],
    service: [undefined, '999900001111'],
  },
  'aws:SourceIp': {
    operators: ['Ip'],
    values: ['203.0.113.0/24', '10.0.0.0/8', '0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '::/0', '198.51.100.7'],
    anonymous: [undefined, '8.8.8.8', '200.1.2.3', '2600:1:2:3:4:5:6:7'],
    account: [undefined, '8.8.8.8', '200.1.2.3', '2600:1:2:3:4:5:6:7'],
    service: [undefined],
  },
  'aws:UserAgent': {
    operators: ['String'],
    values: ['app', 'app*', '*'],
    anonymous: [undefined, 'app', 'app*', '*', 'else'],
    account: [undefined, 'app', 'app*', '*', 'else'],
    service: [undefined, 'app', 'app*', '*', 'else'],
  },
  'aws:SourceVpce': {
    operators: ['String'],
    values: ['vpce-1', '*'],
    anonymous: [undefined, 'vpce-outside'],
    account: [undefined, 'vpce-outside'],
    service: [undefined],
  },
  'aws:SecureTransport': {
    operators: ['Bool'],
    values: ['true', 'false'],
    anonymous: ['true', 'false'],
    account: ['true', 'false'],
    service: ['true', 'false'],
  },
};

const operatorNames: Readonly<Record<string, readonly string[]>> = {
  String: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'],
  Arn: ['ArnLike', 'ArnEquals', 'ArnNotLike'],
  Ip: ['IpAddress', 'NotIpAddress'],
  Bool: ['Bool'],
};

const condition = fc.constantFrom(...Object.keys(keys)).chain((key) => {
  const { operators, values } = keys[key] ?? { operators: [], values: [] };
  const names = operators.flatMap((operator) => operatorNames[operator] ?? []);
  const operator = fc
    .tuple(
      fc.constantFrom('', '', '', 'ForAllValues:', 'ForAnyValue:'),
      fc.constantFrom(...names),
      fc.constantFrom('', '', '', 'IfExists'),
    )
    .map((parts) => parts.join(''));
  const compared = fc.record({
    operator,
    key: fc.constant(key),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
  });
  const presence = fc.record({
    operator: fc.constant('Null'),
    key: fc.constant(key),
    values: fc.constantFrom(['true'], ['false']),
  });
  return fc.oneof({ weight: 9, arbitrary: compared }, { weight: 1, arbitrary: presence });
});

const conditions = fc.array(condition, { maxLength: 2 }).map((found) => {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of found) block[operator] = { ...block[operator], [key]: values };
  return block;
});

const actions = ['sqs:SendMessage', 'sqs:*', '*', 'sqs:Receive*', 'sqs:DeleteMessage'];
const principals = [
  '*',
  '*',
  { AWS: '*' },
  { AWS: '111122223333' },
  { Service: 'sns.amazonaws.com' },
  { Service: '*' },
] as const;
const resources = ['*', queueArn, 'arn:aws:sqs:eu-west-1:111122223333:another', 'arn:aws:sqs:*:*:*'];

const statement: fc.Arbitrary<WrittenStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
    who: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...principals).map((Principal) => ({ Principal })) },
      { weight: 1, arbitrary: fc.constant({ NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }) },
    ),
    what: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...actions).map((Action) => ({ Action })) },
      { weight: 1, arbitrary: fc.constantFrom(...actions).map((NotAction) => ({ NotAction })) },
    ),
    on: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...resources).map((Resource) => ({ Resource })) },
      { weight: 1, arbitrary: fc.constantFrom(...resources).map((NotResource) => ({ NotResource })) },
    ),
    Condition: conditions,
  })
  .map(({ Effect, who, what, on, Condition }) => ({ Effect, ...who, ...what, ...on, Condition }));

const documents = fc.array(statement, { minLength: 1, maxLength: 3 });

/** Every outsider's request that the document can tell apart. */
function* outsiders(statements: readonly WrittenStatement[]): Generator<ConcreteRequest> {
  const named = new Set(
    statements.flatMap(({ Condition = {} }) =>
      Object.values(Condition).flatMap((block) => Object.keys(block)),
    ),
  );
  const callers = {
    anonymous: { type: 'anonymous' },
    account: { type: 'account', account: '999900001111', arn: 'arn:aws:iam::999900001111:role/app' },
    service: { type: 'service', name: 'other.amazonaws.com' },
  } as const;
  for (const caller of ['anonymous', 'account', 'service'] as const) {
    let contexts: Record<string, string>[] = [{}];
    for (const key of named)
      contexts = contexts.flatMap((context) =>
        (keys[key]?.[caller] ?? []).map((value) =>
          value === undefined ? context : { ...context, [key.toLowerCase()]: value },
        ),
      );
    for (const context of contexts)
      for (const action of ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:Other'])
        yield { principal: callers[caller], action, resource: queueArn, context };
  }
}

function admitted(statements: readonly WrittenStatement[]): ConcreteRequest | undefined {
  for (const request of outsiders(statements)) if (isAllowed(statements, request)) return request;
  return undefined;
}

// HEADGATE_POLICY_DOCUMENTS=100000 tries as many; a share of them is tried with every run.
const runs = Number(process.env['HEADGATE_POLICY_DOCUMENTS'] ?? 500);

describe('a policy is public', () => {
  it('only to outsiders whose account has a number', () => {
    const but: WrittenStatement = {
      Effect: 'Deny',
      NotPrincipal: { AWS: '111122223333' },
      Action: '*',
      Resource: '*',
      Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': ['o-own'] } },
    };
    const open = (pattern: string): WrittenStatement => ({
      Effect: 'Allow',
      Principal: '*',
      Action: 'sqs:SendMessage',
      Resource: '*',
      Condition: { StringNotLike: { 'aws:PrincipalAccount': [pattern] } },
    });
    expect(isPublic([open('????????????'), but])).toBe(false);
    expect(isPublic([open('1111*'), but])).toBe(true);
  });

  it('exactly when a second evaluator of IAM allows an outsider something', () => {
    const counts = { public: 0, closed: 0 };
    fc.assert(
      fc.property(documents, (statements) => {
        const request = admitted(statements);
        counts[request === undefined ? 'closed' : 'public'] += 1;
        expect({ isPublic: isPublic(statements), request }).toEqual({
          isPublic: request !== undefined,
          request,
        });
      }),
      { numRuns: runs },
    );
    // Both answers have to come up for the agreement to mean something.
    expect(counts.public).toBeGreaterThan(runs / 50);
    expect(counts.closed).toBeGreaterThan(runs / 50);
    if (runs > 500) process.stderr.write(`${JSON.stringify(counts)}\n`);
  });
});

const concreteActions = ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:Other'];

/** Values that any caller may have under a key, any text included: what outsiders have, and what policies compare with. */
function anyValues(key: string): readonly (string | undefined)[] {
  const { values = [], anonymous = [], account = [], service = [] } = keys[key] ?? {};
  const inside: readonly string[] = values.flatMap((value) =>
    value.includes('/') && key === 'aws:SourceIp'
      ? (inRange[value] ?? [])
      : key === 'aws:SourceIp'
        ? [value]
        : [value, value.replaceAll('*', 'x').replaceAll('?', '1')],
  );
  return [...new Set([undefined, ...anonymous, ...account, ...service, ...inside])];
}

const inRange: Readonly<Record<string, readonly string[]>> = {
  '203.0.113.0/24': ['203.0.113.9'],
  '10.0.0.0/8': ['10.1.2.3'],
  '0.0.0.0/1': ['9.9.9.9'],
  '128.0.0.0/1': ['201.1.1.1'],
};

/** Requests without TLS that the document can tell apart, whoever sends them. */
function* withoutTls(statements: readonly WrittenStatement[]): Generator<ConcreteRequest> {
  const named = new Set(
    statements.flatMap(({ Condition = {} }) =>
      Object.values(Condition).flatMap((block) => Object.keys(block)),
    ),
  );
  named.delete('aws:SecureTransport');
  let contexts: Record<string, string>[] = [{ 'aws:securetransport': 'false' }];
  for (const key of named)
    contexts = contexts.flatMap((context) =>
      anyValues(key).map((value) =>
        value === undefined ? context : { ...context, [key.toLowerCase()]: value },
      ),
    );
  const callers: readonly ConcreteRequest['principal'][] = [
    { type: 'anonymous' },
    { type: 'account', account: '999900001111', arn: 'arn:aws:iam::999900001111:role/app' },
    { type: 'account', account: '111122223333', arn: 'arn:aws:iam::111122223333:role/own' },
  ];
  for (const principal of callers)
    for (const context of contexts)
      for (const action of concreteActions) yield { principal, action, resource: queueArn, context };
}

const denial: fc.Arbitrary<WrittenStatement> = statement.map((each) => ({
  ...each,
  Effect: 'Deny' as const,
}));
const denials = fc.array(fc.oneof({ weight: 3, arbitrary: denial }, { weight: 1, arbitrary: statement }), {
  minLength: 1,
  maxLength: 3,
});

const tlsOnly: WrittenStatement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
};

describe('requests without TLS are denied', () => {
  it('only when a second evaluator of IAM lets none through', () => {
    const counts = { denied: 0, open: 0 };
    let missed = 0;
    const made = fc.oneof(
      denials,
      denials.map((others) => [tlsOnly, ...others]),
      denials.map((others) =>
        others.map((each) => ({ ...each, Condition: { ...tlsOnly.Condition, ...each.Condition } })),
      ),
    );
    fc.assert(
      fc.property(made, (statements) => {
        let through: ConcreteRequest | undefined;
        for (const request of withoutTls(statements)) {
          if (isDenied(statements, request)) continue;
          through = request;
          break;
        }
        counts[through === undefined ? 'denied' : 'open'] += 1;
        const denies = deniesWithoutTls(questionOf(statements, ['sqs:*']));
        if (denies !== true && through === undefined) missed += 1;
        // Never where one gets through.
        expect({ denies: denies === true && through !== undefined, through }).toEqual({
          denies: false,
          through,
        });
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
    // Two names of one account, and values that no request holds, are not told apart.
    expect(missed).toBeLessThan(Math.max(3, counts.denied / 20));
    expect(counts.denied).toBeGreaterThan(runs / 200);
    expect(counts.open).toBeGreaterThan(runs / 200);
    if (runs > 500) process.stderr.write(`${JSON.stringify(counts)}\n`);
  });
});

describe('a policy lets outsiders in through a service that it names', () => {
  it('exactly when a second evaluator of IAM allows that service something for them', () => {
    const counts = { open: 0, closed: 0 };
    const named = 'sns.amazonaws.com';
    fc.assert(
      fc.property(documents, (statements) => {
        const isNamed = statements.some(
          ({ Principal }) => typeof Principal === 'object' && Principal['Service'] === named,
        );
        let found: ConcreteRequest | undefined;
        for (const request of isNamed ? outsiders(statements) : []) {
          if (request.principal.type !== 'service') continue;
          const asked = { ...request, principal: { type: 'service', name: named } } as const;
          if (!isAllowed(statements, asked)) continue;
          found = asked;
          break;
        }
        counts[found === undefined ? 'closed' : 'open'] += 1;
        const admits = admitsThroughServices(questionOf(statements, 'any'));
        expect({ admits, found }).toEqual({ admits: found !== undefined, found });
      }),
      { numRuns: runs },
    );
    expect(counts.open).toBeGreaterThan(runs / 100);
    expect(counts.closed).toBeGreaterThan(runs / 50);
    if (runs > 500) process.stderr.write(`${JSON.stringify(counts)}\n`);
  });
});

/** Statements of a role: no principals, and here no conditions. */
const held: fc.Arbitrary<WrittenStatement> = statement.map(
  ({ Effect, Action, NotAction, Resource, NotResource }) => ({
    Effect,
    ...(Action === undefined ? {} : { Action }),
    ...(NotAction === undefined ? {} : { NotAction }),
    ...(Resource === undefined ? {} : { Resource }),
    ...(NotResource === undefined ? {} : { NotResource }),
  }),
);

describe('a role may do what its policies say', () => {
  it('exactly when a second evaluator of IAM allows it', () => {
    const counts = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.array(held, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...concreteActions),
        (statements, action) => {
          const own = statements.map((each) => ({ ...each, Principal: '*' as const }));
          const principal = {
            type: 'account',
            account: '111122223333',
            arn: 'arn:aws:iam::111122223333:role/own',
          } as const;
          const isOne = isAllowed(own, { principal, action, resource: queueArn, context: {} });
          counts[isOne ? 'allowed' : 'refused'] += 1;
          expect(admitsHolder(questionOf(statements, [action]), [])).toBe(isOne);
        },
      ),
      { numRuns: runs },
    );
    expect(counts.allowed).toBeGreaterThan(runs / 50);
    expect(counts.refused).toBeGreaterThan(runs / 50);
    if (runs > 500) process.stderr.write(`${JSON.stringify(counts)}\n`);
  });
});
