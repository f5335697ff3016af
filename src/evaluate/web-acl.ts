import { holdsChoice, openValue } from '../model/open-value.ts';
import {
  Reference,
  SymbolicValue,
  isArrayValue,
  isObjectValue,
  type Path,
  type Value,
} from '../model/value.ts';
import type { Resource } from '../model/resource.ts';
import { holdsEveryAddress } from './address-space.ts';
import { asked, everyMember, has, isOneOf, member, someMember } from './choices.ts';
import type { Form } from './form.ts';
import { outside } from './members.ts';
import type { Context, Node, Test } from './node.ts';
import { observe } from './observe.ts';
import { compileOperand, toNumber, type OperandReader } from './operands.ts';
import { blocked } from './predicates.ts';
import { every, not, some, type Truth } from './truth.ts';
import { unlessConditionsMatter } from './worlds.ts';

/** What rules of a web ACL may be there for. */
export type Guard = 'sql-injection' | 'addresses' | 'request-rate';

/** What is asked of a rule: for which purpose, and up to which rate. */
interface Question {
  readonly guard: Guard;
  readonly context: Context;
  /** At most so many requests in five minutes. */
  readonly limit: number;
}

/**
 * Some rule of the web ACL acts (blocks or challenges) on what it is there for, in every request: rules that only count, that
 * a scope-down statement or another part of an "and" narrows, and that look into empty lists, do not.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html, read 2026-11-27.
 */
export const guardsForm: Form = (raw) => {
  const guard = raw['guards'] as Guard;
  const limitOf: OperandReader | undefined =
    raw['limit'] === undefined ? undefined : compileOperand(raw['limit']);
  const guarded: Test = (node, context) => {
    const limit = limitOf?.(node, context);
    if (limit !== undefined && 'unknown' in limit) return limit.unknown;
    const question: Question = {
      guard,
      context,
      limit: limit === undefined ? Infinity : (toNumber(limit.known) ?? Infinity),
    };
    const acl = openProperties(node.resource, context);
    const lists = ruleLists.map((name) => [name, acl.properties[name]] as const);
    const opening = openingPriority(acl.properties.Rules, question);
    const guards = ([name, list]: RuleList): Truth =>
      someMember(list, (rule) => ruleGuards(rule, acl, reached(name, opening), question));
    const holds = some(lists, guards);
    if (!context.silent) observeRules(question, node, holds, lists, opening);
    return holds;
  };
  return (node, context) => unlessConditionsMatter(context, () => guarded(node, context));
};

/** The ACL with its properties on the side of conditions that the evaluation takes. */
function openProperties(acl: Resource, { world }: Context): Resource {
  if (!holdsChoice(acl.properties)) return acl;
  const properties = openValue(acl.properties, world);
  return Object.create(acl, { properties: { value: properties, enumerable: true } }) as Resource;
}

/** Firewall Manager's groups are evaluated before and after the web ACL's own rules. */
const ruleLists = ['Rules', 'PreProcessFirewallManagerRuleGroups', 'PostProcessFirewallManagerRuleGroups'];

type RuleList = readonly [name: string, rules: Value | undefined];

/** Up to which priority rules of a list are asked, where one of the web ACL's own allows every request. */
function reached(list: string, opening: number): number {
  if (list === 'Rules') return opening;
  return list.startsWith('Pre') || opening === Infinity ? Infinity : -Infinity;
}

function observeRules(
  question: Question,
  node: Node,
  holds: Truth,
  lists: readonly RuleList[],
  opening: number,
): void {
  let place: { path: Path; value: Value | undefined } = {
    path: ['Rules'],
    value: node.resource.properties.Rules,
  };
  for (const [name, list] of lists) {
    if (holds !== true || !isArrayValue(list)) continue;
    const index = list.findIndex(
      (rule) =>
        ruleGuards(
          rule,
          openProperties(node.resource, question.context),
          reached(name, opening),
          question,
        ) === true,
    );
    const rule = list[index];
    if (isObjectValue(rule)) place = { path: [name, index, 'Name'], value: rule.Name };
  }
  observe(question.context, holds, {
    node,
    ...place,
    expected: `a rule in force against ${words[question.guard]}`,
  });
}

const words: Readonly<Record<Guard, string>> = {
  'sql-injection': 'SQL injection in every request',
  addresses: 'addresses',
  'request-rate': 'clients that send too many requests',
};

/** After a rule that allows every request no later one is asked: its priority, or none. */
function openingPriority(rules: Value | undefined, question: Question): number {
  if (!isArrayValue(rules)) return Infinity;
  const open = rules.filter(
    (rule) =>
      isObjectValue(rule) &&
      has(rule.Action, 'Allow') === true &&
      takesEveryRequest(rule.Statement, question) === true,
  );
  return Math.min(
    Infinity,
    ...open.map((rule) => toNumber((isObjectValue(rule) ? rule.Priority : undefined) ?? null) ?? Infinity),
  );
}

function ruleGuards(rule: Value, acl: Resource, opening: number, question: Question): Truth {
  return member(rule, 'Priority', (priority) => {
    const order = priority === undefined ? undefined : toNumber(priority);
    if ((order ?? 0) > opening) return false;
    const groups = member(rule, 'FirewallManagerStatement', (managed) =>
      managed === undefined
        ? member(rule, 'Statement', (statement) => groupGuards(statement, question))
        : groupGuards(managed, question),
    );
    return some(
      [
        () =>
          every(
            [() => not(member(rule, 'OverrideAction', (action) => has(action, 'Count'))), () => groups],
            ask,
          ),
        () => ownRuleGuards(rule, acl, question),
      ],
      ask,
    );
  });
}

const ask = (question: () => Truth): Truth => question();

const actions = ['Block', 'Captcha', 'Challenge'];

function ownRuleGuards(rule: Value, acl: Resource, question: Question): Truth {
  const statement = (test: (value: Value | undefined) => Truth): Truth => member(rule, 'Statement', test);
  const acts = (): Truth => member(rule, 'Action', (action) => some(actions, (name) => has(action, name)));
  const blocks = (): Truth => every([acts, (): Truth => statement((value) => finds(value, question))], ask);
  if (question.guard !== 'addresses') return blocks();
  // A list of those who may pass, where all others are blocked.
  const admits = (): Truth =>
    every(
      [
        (): Truth => has(acl.properties.DefaultAction, 'Block'),
        (): Truth => member(rule, 'Action', (action) => has(action, 'Allow')),
        (): Truth => statement((value) => isBoundedList(value, question)),
      ],
      ask,
    );
  return some([blocks, admits], ask);
}

/** Managed rule groups that serve a purpose, and those of their rules without which they still do. */
const managedGroups: Partial<
  Record<Guard, { readonly names: readonly string[]; readonly dispensable: readonly string[] }>
> = {
  'sql-injection': { names: ['AWSManagedRulesSQLiRuleSet'], dispensable: [] },
  addresses: {
    names: ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesAnonymousIpList'],
    // AWS ships the first as Count; the second turns away honest clients behind cloud providers.
    dispensable: ['AWSManagedIPDDoSList', 'HostingProviderIPList'],
  },
};

function groupGuards(statement: Value | undefined, question: Question): Truth {
  return some(
    [
      (): Truth =>
        member(statement, 'ManagedRuleGroupStatement', (group) => managedGroupGuards(group, question)),
      (): Truth =>
        member(statement, 'RuleGroupReferenceStatement', (group) => ownGroupGuards(group, question)),
    ],
    ask,
  );
}

function managedGroupGuards(group: Value | undefined, question: Question): Truth {
  const known = managedGroups[question.guard];
  if (known === undefined || group === undefined) return false;
  const turnedDown = (entry: Value): Truth =>
    every(
      [
        (): Truth => overridden(entry),
        (): Truth => not(member(entry, 'Name', (name) => isOneOf(name, known.dispensable))),
      ],
      ask,
    );
  return every(
    [
      (): Truth => isKnownGroup(group, known.names),
      (): Truth => notNarrowed(group, question),
      (): Truth =>
        not(
          member(group, 'ExcludedRules', (list) =>
            someMember(list, (entry) =>
              not(member(entry, 'Name', (name) => isOneOf(name, known.dispensable))),
            ),
          ),
        ),
      (): Truth => not(member(group, 'RuleActionOverrides', (list) => someMember(list, turnedDown))),
    ],
    ask,
  );
}

/** A rule group of AWS by its name; what another vendor's looks for, the template does not say. */
function isKnownGroup(group: Value, names: readonly string[]): Truth {
  return member(group, 'VendorName', (vendor) =>
    typeof vendor === 'string' && vendor !== 'AWS'
      ? {
          code: 'unsupported',
          message: `what the managed rule group of ${vendor} blocks is not known`,
          remedy: 'bring its description as evidence in a waiver',
        }
      : member(group, 'Name', (name) => isOneOf(name, names)),
  );
}

const overridden = (entry: Value): Truth =>
  member(entry, 'ActionToUse', (action) => some(['Count', 'Allow'], (name) => has(action, name)));

/** A rule group of the account: one of its rules serves the purpose, and the reference does not turn it down. */
function ownGroupGuards(reference: Value | undefined, question: Question): Truth {
  if (reference === undefined) return false;
  return member(reference, 'Arn', (arn) => {
    const group = named(arn, 'AWS::WAFv2::RuleGroup', question.context);
    if (!('type' in group)) return group.unknown;
    return someMember(openValue(group.properties.Rules, question.context.world), (rule) =>
      every(
        [
          (): Truth => not(turnedDownIn(reference, rule)),
          (): Truth => ownRuleGuards(rule, { ...group, properties: {} }, question),
        ],
        ask,
      ),
    );
  });
}

function turnedDownIn(reference: Value, rule: Value): Truth {
  const isRule = (entry: Value): Truth =>
    member(rule, 'Name', (name) =>
      typeof name === 'string' ? member(entry, 'Name', (each) => isOneOf(each, [name])) : false,
    );
  return some(
    [
      (): Truth => member(reference, 'ExcludedRules', (list) => someMember(list, isRule)),
      (): Truth =>
        member(reference, 'RuleActionOverrides', (list) =>
          someMember(list, (entry) =>
            every([(): Truth => isRule(entry), (): Truth => overridden(entry)], ask),
          ),
        ),
    ],
    ask,
  );
}

type Named = Resource | { readonly unknown: Exclude<Truth, boolean> };

function named(value: Value | undefined, type: string, { graph, related, silent }: Context): Named {
  const id = value instanceof Reference ? value.resourceId : value;
  const found = typeof id === 'string' ? graph.byId(id) : undefined;
  if (found?.type === type && found.external !== true) {
    if (!silent) related.add(found);
    return found;
  }
  if (value instanceof SymbolicValue && !(value instanceof Reference))
    return { unknown: asUnknown(blocked(value)) };
  const name = typeof id === 'string' ? id : 'the list';
  return { unknown: asUnknown(outside({ name } as Resource)) }; // the message takes the name alone
}

const asUnknown = (cause: Exclude<Truth, boolean>): Exclude<Truth, boolean> => cause;

/** No scope-down statement leaves requests out. */
function notNarrowed(statement: Value | undefined, question: Question): Truth {
  return member(
    statement,
    'ScopeDownStatement',
    (scope) => scope === undefined || takesEveryRequest(scope, question),
  );
}

/** The statement matches whatever is sent. */
function takesEveryRequest(statement: Value | undefined, question: Question): Truth {
  const inner = (name: string, test: (list: Value | undefined) => Truth): Truth =>
    member(statement, name, (nested) => (nested === undefined ? false : member(nested, 'Statements', test)));
  return some(
    [
      (): Truth =>
        member(statement, 'ByteMatchStatement', (match) =>
          every(
            [
              (): Truth => member(match, 'FieldToMatch', (field) => has(field, 'UriPath')),
              (): Truth => member(match, 'SearchString', (text) => isOneOf(text, ['/'])),
              (): Truth =>
                member(match, 'PositionalConstraint', (where) => isOneOf(where, ['STARTS_WITH', 'CONTAINS'])),
            ],
            ask,
          ),
        ),
      (): Truth =>
        member(statement, 'IPSetReferenceStatement', (set) =>
          set === undefined
            ? false
            : member(set, 'Arn', (arn) => listHolds(arn, question, holdsEveryAddress)),
        ),
      (): Truth =>
        inner('OrStatement', (list) => someMember(list, (each) => takesEveryRequest(each, question))),
      (): Truth =>
        inner('AndStatement', (list) =>
          isArrayValue(list) && list.length > 0
            ? everyMember(list, (each) => takesEveryRequest(each, question))
            : false,
        ),
    ],
    ask,
  );
}

/** The statement matches all requests of which the purpose speaks. */
function finds(statement: Value | undefined, question: Question): Truth {
  if (statement === undefined) return false;
  const parts = (name: string, test: (list: Value | undefined) => Truth): Truth =>
    member(statement, name, (nested) => (nested === undefined ? false : member(nested, 'Statements', test)));
  return some(
    [
      (): Truth => matches[question.guard](statement, question),
      (): Truth => parts('OrStatement', (list) => someMember(list, (each) => finds(each, question))),
      (): Truth =>
        parts('AndStatement', (list) =>
          every(
            [
              (): Truth => someMember(list, (each) => finds(each, question)),
              (): Truth =>
                everyMember(list, (each) =>
                  some(
                    [(): Truth => finds(each, question), (): Truth => takesEveryRequest(each, question)],
                    ask,
                  ),
                ),
            ],
            ask,
          ),
        ),
    ],
    ask,
  );
}

const matches: Readonly<Record<Guard, (statement: Value, question: Question) => Truth>> = {
  'sql-injection': (statement) =>
    some(
      [
        (): Truth =>
          member(statement, 'SqliMatchStatement', (match) =>
            match === undefined ? false : has(match, 'FieldToMatch'),
          ),
        (): Truth => hasLabels(statement, sqlLabels),
      ],
      ask,
    ),
  addresses: (statement, question) =>
    some(
      [
        (): Truth =>
          member(statement, 'IPSetReferenceStatement', (set) =>
            set === undefined
              ? false
              : member(set, 'Arn', (arn) => listHolds(arn, question, (list) => list.length > 0)),
          ),
        (): Truth =>
          member(statement, 'GeoMatchStatement', (geo) =>
            member(geo, 'CountryCodes', (codes) => someMember(codes, () => true)),
          ),
        (): Truth => has(statement, 'AsnMatchStatement'),
        (): Truth => hasLabels(statement, addressLabels),
        (): Truth =>
          member(statement, 'NotStatement', (outer) =>
            outer === undefined
              ? false
              : member(outer, 'Statement', (inner) => isBoundedList(inner, question)),
          ),
      ],
      ask,
    ),
  'request-rate': (statement, question) =>
    member(statement, 'RateBasedStatement', (rate) =>
      rate === undefined ? false : limitsClients(rate, question),
    ),
};

const sqlLabels = /^awswaf:managed:aws:sql-database:/;
const addressLabels = /^awswaf:(managed:aws:(amazon-ip-list|anonymous-ip-list):|clientip:geo:)/;

/** Labels that a managed group left: a whole namespace, or for addresses any of its labels. */
function hasLabels(statement: Value, labels: RegExp): Truth {
  return member(statement, 'LabelMatchStatement', (match) =>
    member(match, 'Key', (key) => {
      if (typeof key !== 'string' || !labels.test(key)) return false;
      if (labels === addressLabels) return true;
      return member(match, 'Scope', (scope) =>
        scope === 'NAMESPACE'
          ? true
          : {
              code: 'unsupported',
              message: 'one label of the managed rule group is blocked; whether all are was not worked out',
            },
      );
    }),
  );
}

/** A list of addresses or countries that does not hold everyone. */
function isBoundedList(statement: Value | undefined, question: Question): Truth {
  return some(
    [
      (): Truth =>
        member(statement, 'IPSetReferenceStatement', (set) =>
          set === undefined
            ? false
            : member(set, 'Arn', (arn) => listHolds(arn, question, (list) => !holdsEveryAddress(list))),
        ),
      (): Truth => has(statement, 'GeoMatchStatement'),
      (): Truth => has(statement, 'AsnMatchStatement'),
      (): Truth =>
        member(statement, 'OrStatement', (or) =>
          or === undefined
            ? false
            : member(or, 'Statements', (list) =>
                isArrayValue(list) && list.length > 0
                  ? everyMember(list, (each) => isBoundedList(each, question))
                  : false,
              ),
        ),
      (): Truth =>
        member(statement, 'AndStatement', (and) =>
          and === undefined
            ? false
            : member(and, 'Statements', (list) => someMember(list, (each) => isBoundedList(each, question))),
        ),
    ],
    ask,
  );
}

/** What is so of the addresses of an IP set. */
function listHolds(
  arn: Value | undefined,
  { context }: Question,
  test: (addresses: readonly string[]) => boolean,
): Truth {
  const set = named(arn, 'AWS::WAFv2::IPSet', context);
  if (!('type' in set)) return set.unknown;
  return asked(openValue(set.properties.Addresses, context.world), (list) => {
    if (list instanceof SymbolicValue) return blocked(list);
    const addresses = isArrayValue(list) ? list : [];
    const open = addresses.find((address) => address instanceof SymbolicValue);
    const texts = addresses.filter((address) => typeof address === 'string');
    // An address that only a deployment knows is one all the same.
    return test(open === undefined ? texts : [...texts, '192.0.2.0/32']);
  });
}

const perFiveMinutes = 300;

function limitsClients(rate: Value, question: Question): Truth {
  return every(
    [
      (): Truth => notNarrowed(rate, question),
      (): Truth =>
        member(rate, 'Limit', (limit) =>
          member(rate, 'EvaluationWindowSec', (window) => {
            for (const value of [limit, window]) if (value instanceof SymbolicValue) return blocked(value);
            const requests = toNumber(limit ?? null);
            if (requests === undefined) return false;
            return (
              requests <= (question.limit * (toNumber(window ?? null) ?? perFiveMinutes)) / perFiveMinutes
            );
          }),
        ),
      (): Truth =>
        member(rate, 'AggregateKeyType', (type) =>
          type === 'CUSTOM_KEYS'
            ? countsClients(rate)
            : type === 'FORWARDED_IP'
              ? forwarded
              : type === undefined || isOneOf(type, ['IP', 'CONSTANT']),
        ),
    ],
    ask,
  );
}

/** Whoever reaches the API directly writes the header as he likes. */
const forwarded: Truth = {
  code: 'unsupported',
  message: 'whether clients can forge the header that the web ACL takes their address from is not known',
  remedy: 'aggregate by IP, or bring the evidence as a waiver',
};

/** Of other keys than the address only people know whether a client can change them at will. */
function countsClients(rate: Value): Truth {
  return member(rate, 'CustomKeys', (keys) =>
    everyMember(keys, (key) =>
      has(key, 'IP') === true
        ? true
        : has(key, 'ForwardedIP') === true
          ? forwarded
          : {
              code: 'unsupported',
              message: 'whether the custom keys of the rate-based rule tell clients apart is not known',
              remedy: 'aggregate by IP, or bring the evidence as a waiver',
            },
    ),
  );
}
