import { holdsChoice, openValue } from '../model/open-value.ts';
import { isArrayValue, isObjectValue, type Path, type Value } from '../model/value.ts';
import type { Resource } from '../model/resource.ts';
import { has, isOneOf, member, someMember } from './choices.ts';
import type { Form } from './form.ts';
import type { Context, Node, Test } from './node.ts';
import { observe } from './observe.ts';
import { compileOperand, toNumber, type OperandReader } from './operands.ts';
import { every, not, some, type Truth } from '../model/truth.ts';
import { finds } from './web-acl-finds.ts';
import { managedGroupGuards, overriddenBy } from './web-acl-groups.ts';
import {
  acts,
  ask,
  isBoundedList,
  named,
  takesEveryRequest,
  type Guard,
  type Question,
} from './web-acl-statements.ts';
import { unlessConditionsMatter } from './worlds.ts';

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
    const acl = openProperties(node.resource, context);
    const lists = ruleLists.map((name) => [name, acl.properties[name]] as const);
    const asking: Question = {
      guard,
      context,
      limit: limit === undefined ? Infinity : (toNumber(limit.known) ?? Infinity),
      acl,
      opening: Infinity,
      order: -Infinity,
    };
    const question = { ...asking, opening: openingPriority(acl.properties.Rules, asking) };
    const guards = ([name, list]: RuleList): Truth =>
      someMember(list, (rule) => ruleGuards(rule, reached(name, question.opening), question));
    const holds = some(lists, guards);
    if (!context.silent) observeRules(question, node, holds, lists);
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

function observeRules(question: Question, node: Node, holds: Truth, lists: readonly RuleList[]): void {
  let place: { path: Path; value: Value | undefined } = {
    path: ['Rules'],
    value: node.resource.properties.Rules,
  };
  for (const [name, list] of lists) {
    if (holds !== true || !isArrayValue(list)) continue;
    const index = list.findIndex(
      (rule) => ruleGuards(rule, reached(name, question.opening), question) === true,
    );
    const rule = list[index];
    if (isObjectValue(rule)) place = { path: [name, index, 'Name'], value: rule.Name };
  }
  observe(question.context, holds, {
    node,
    ...place,
    expected: `an enabled rule against ${words[question.guard]}`,
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

function ruleGuards(rule: Value, last: number, asking: Question): Truth {
  return member(rule, 'Priority', (priority) => {
    const order = priority === undefined ? undefined : toNumber(priority);
    if ((order ?? 0) > last) return false;
    const question = { ...asking, order: last === asking.opening ? (order ?? 0) : -Infinity };
    const counted = member(rule, 'OverrideAction', (action) => has(action, 'Count'));
    const groups = member(rule, 'FirewallManagerStatement', (managed) =>
      managed === undefined
        ? member(rule, 'Statement', (statement) => groupGuards(statement, counted, question))
        : groupGuards(managed, counted, question),
    );
    return some([() => groups, () => ownRuleGuards(rule, question)], ask);
  });
}

function ownRuleGuards(rule: Value, question: Question): Truth {
  const statement = (test: (value: Value | undefined) => Truth): Truth => member(rule, 'Statement', test);
  const blocks = (): Truth =>
    every([(): Truth => acts(rule), (): Truth => statement((value) => finds(value, question))], ask);
  if (question.guard !== 'addresses') return blocks();
  // A list of those who may pass, where all others are blocked.
  const admits = (): Truth =>
    every(
      [
        (): Truth => has(question.acl.properties.DefaultAction, 'Block'),
        (): Truth => member(rule, 'Action', (action) => has(action, 'Allow')),
        (): Truth => statement((value) => isBoundedList(value, question)),
      ],
      ask,
    );
  return some([blocks, admits], ask);
}

/** A rule group in force; `counted` where the web ACL only counts what its rules find. */
function groupGuards(statement: Value | undefined, counted: Truth, question: Question): Truth {
  return some(
    [
      (): Truth =>
        member(statement, 'ManagedRuleGroupStatement', (group) =>
          managedGroupGuards(group, counted, question),
        ),
      (): Truth =>
        every(
          [
            (): Truth => not(counted),
            (): Truth =>
              member(statement, 'RuleGroupReferenceStatement', (group) => ownGroupGuards(group, question)),
          ],
          ask,
        ),
    ],
    ask,
  );
}

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
          (): Truth => ownRuleGuards(rule, { ...question, acl: { ...group, properties: {} } }),
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
            every([(): Truth => isRule(entry), (): Truth => overriddenBy(entry, ['Count', 'Allow'])], ask),
          ),
        ),
    ],
    ask,
  );
}
