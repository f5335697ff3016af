import { openValue } from '../model/open-value.ts';
import type { Resource } from '../model/resource.ts';
import { Reference, SymbolicValue, isArrayValue, type Value } from '../model/value.ts';
import { isBroad, parseRange } from '../policy/addresses.ts';
import { holdsEveryAddress } from './address-space.ts';
import { asked, everyMember, has, isOneOf, member, someMember } from './choices.ts';
import { outside } from './members.ts';
import type { Context } from './node.ts';
import { blocked } from './predicates.ts';
import { every, some, type Truth } from '../model/truth.ts';

/** What rules of a web ACL may be there for. */
export type Guard = 'sql-injection' | 'addresses' | 'request-rate';

/** What is asked of a rule: for which purpose, and up to which rate. */
export interface Question {
  readonly guard: Guard;
  readonly context: Context;
  /** At most so many requests in five minutes. */
  readonly limit: number;
  /** The web ACL as the evaluation has it. */
  readonly acl: Resource;
  /** After this priority no rule of the web ACL is asked. */
  readonly opening: number;
  /** The priority of the rule that is looked at. */
  readonly order: number;
}

/** Answers a question of a list, of which the later ones need not be asked. */
export const ask = (question: () => Truth): Truth => question();
const actions = ['Block', 'Captcha', 'Challenge'];
/** The rule blocks or challenges. */
export const acts = (rule: Value): Truth =>
  member(rule, 'Action', (action) => some(actions, (name) => has(action, name)));

/** The statement, or what stands in its "or" or in an "and" whose other parts match anything, is as asked. */
export function wherever(
  statement: Value | undefined,
  test: (statement: Value) => Truth,
  question: Question,
): Truth {
  if (statement === undefined) return false;
  const parts = (name: string, inner: (list: Value | undefined) => Truth): Truth =>
    member(statement, name, (nested) => (nested === undefined ? false : member(nested, 'Statements', inner)));
  const found = (each: Value): Truth => wherever(each, test, question);
  return some(
    [
      (): Truth => test(statement),
      (): Truth => parts('OrStatement', (list) => someMember(list, found)),
      (): Truth =>
        parts('AndStatement', (list) =>
          every(
            [
              (): Truth => someMember(list, found),
              (): Truth =>
                everyMember(list, (each) =>
                  some([(): Truth => found(each), (): Truth => takesEveryRequest(each, question)], ask),
                ),
            ],
            ask,
          ),
        ),
    ],
    ask,
  );
}

/** No scope-down statement leaves requests out. */
export function notNarrowed(statement: Value | undefined, question: Question): Truth {
  return member(
    statement,
    'ScopeDownStatement',
    (scope) => scope === undefined || takesEveryRequest(scope, question),
  );
}

/** The statement matches whatever is sent. */
export function takesEveryRequest(statement: Value | undefined, question: Question): Truth {
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
      // Those who are known and trusted may be left out of what is about clients in general.
      (): Truth =>
        question.guard === 'sql-injection'
          ? false
          : member(statement, 'NotStatement', (outer) =>
              outer === undefined
                ? false
                : member(outer, 'Statement', (trusted) => isAllowList(trusted, question)),
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

/** Addresses in narrow ranges, of which somebody keeps a list. */
function isAllowList(statement: Value | undefined, question: Question): Truth {
  return some(
    [
      (): Truth =>
        member(statement, 'IPSetReferenceStatement', (set) =>
          set === undefined
            ? false
            : member(set, 'Arn', (arn) =>
                listHolds(arn, question, (list) => list.every((block) => !isBroadBlock(block))),
              ),
        ),
      (): Truth =>
        member(statement, 'OrStatement', (or) =>
          or === undefined
            ? false
            : member(or, 'Statements', (list) => everyMember(list, (each) => isAllowList(each, question))),
        ),
    ],
    ask,
  );
}

function isBroadBlock(block: string): boolean {
  const range = parseRange(block);
  return range === undefined || isBroad(range);
}

/** A list of addresses or countries that does not hold everyone. */
export function isBoundedList(statement: Value | undefined, question: Question): Truth {
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
export function listHolds(
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

export type Named = Resource | { readonly unknown: Exclude<Truth, boolean> };

export function named(value: Value | undefined, type: string, { graph, related, silent }: Context): Named {
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
