import { toSymbolicText } from '../model/symbolic-text.ts';
import { SymbolicValue, type Value } from '../model/value.ts';
import { everyMember, has, isOneOf, member, someMember } from './choices.ts';
import { toNumber } from './operands.ts';
import { blocked } from './predicates.ts';
import { every, some, type Truth } from '../model/truth.ts';
import {
  ask,
  isBoundedList,
  listHolds,
  notNarrowed,
  wherever,
  type Guard,
  type Question,
} from './web-acl-statements.ts';

/** The statement matches all requests of which the purpose speaks. */
export function finds(statement: Value | undefined, question: Question): Truth {
  return wherever(
    statement,
    (each) =>
      some(
        [(): Truth => matches[question.guard](each, question), (): Truth => isLabelled(each, question)],
        ask,
      ),
    question,
  );
}

/** The statement matches a label that an earlier rule of the web ACL leaves on what it counts. */
function isLabelled(statement: Value, question: Question): Truth {
  return member(statement, 'LabelMatchStatement', (match) =>
    match === undefined
      ? false
      : someMember(question.acl.properties.Rules, (rule) =>
          member(rule, 'Priority', (priority) => {
            const order = toNumber(priority ?? null) ?? 0;
            if (order >= question.order) return false;
            return every(
              [
                (): Truth => member(rule, 'Action', (action) => has(action, 'Count')),
                (): Truth =>
                  member(rule, 'RuleLabels', (labels) =>
                    someMember(labels, (label) => member(label, 'Name', (name) => isNamedBy(match, name))),
                  ),
                (): Truth => member(rule, 'Statement', (counted) => finds(counted, { ...question, order })),
              ],
              ask,
            );
          }),
        ),
  );
}

/**
 * A label of the web ACL's own by its name with as many of the namespaces before it as are given, or a namespace of it.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-match.html, read 2026-11-28.
 */
function isNamedBy(match: Value, name: Value | undefined): Truth {
  return member(match, 'Key', (key) =>
    member(match, 'Scope', (scope) => {
      const [asked, label] = [toSymbolicText(key)?.text, toSymbolicText(name)?.text];
      if (asked === undefined || label === undefined || asked === '') return false;
      if (scope === 'NAMESPACE') return `:${label}`.includes(`:${asked}`);
      if (scope !== 'LABEL') return false;
      return `:${asked}`.endsWith(`:${label}`) || `:${label}`.endsWith(`:${asked}`);
    }),
  );
}

const matches: Readonly<Record<Guard, (statement: Value, question: Question) => Truth>> = {
  'sql-injection': (statement) =>
    member(statement, 'SqliMatchStatement', (match) =>
      match === undefined ? false : has(match, 'FieldToMatch'),
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
        (): Truth => hasGeoLabel(statement),
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

/** A label that statements on countries leave. */
function hasGeoLabel(statement: Value): Truth {
  return member(statement, 'LabelMatchStatement', (match) =>
    member(match, 'Key', (key) => typeof key === 'string' && key.startsWith('awswaf:clientip:geo:')),
  );
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
              message: 'whether the custom keys of the rate-based rule distinguish clients is unclear',
              remedy: 'aggregate by IP, or bring the evidence as a waiver',
            },
    ),
  );
}
