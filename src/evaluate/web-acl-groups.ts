import { scalarText } from '../model/scalar-text.ts';
import { SymbolicValue, type Value } from '../model/value.ts';
import { everyMember, has, isOneOf, member, someMember } from './choices.ts';
import { toNumber } from './operands.ts';
import { blocked } from './predicates.ts';
import { every, not, some, type Truth } from '../model/truth.ts';
import { acts, ask, notNarrowed, wherever, type Guard, type Question } from './web-acl-statements.ts';

interface ManagedGroup {
  /** What its labels start with. */
  readonly labels: string;
  /** Rules without which it does not serve the purpose. */
  readonly needed: readonly string[];
  /** Rules without which it does. */
  readonly dispensable: readonly string[];
}

/**
 * Managed rule groups that serve a purpose, by name. Labels end in the name of the rule, in another case.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html, read 2026-11-28.
 */
const managedGroups: Partial<Record<Guard, Readonly<Record<string, ManagedGroup>>>> = {
  'sql-injection': {
    AWSManagedRulesSQLiRuleSet: {
      labels: 'awswaf:managed:aws:sql-database:',
      needed: [
        'SQLi_QUERYARGUMENTS',
        'SQLiExtendedPatterns_QUERYARGUMENTS',
        'SQLi_BODY',
        'SQLiExtendedPatterns_BODY',
        'SQLi_COOKIE',
      ],
      dispensable: [],
    },
  },
  addresses: {
    AWSManagedRulesAmazonIpReputationList: {
      labels: 'awswaf:managed:aws:amazon-ip-list:',
      needed: ['AWSManagedIPReputationList', 'AWSManagedReconnaissanceList'],
      // AWS ships it as Count.
      dispensable: ['AWSManagedIPDDoSList'],
    },
    AWSManagedRulesAnonymousIpList: {
      labels: 'awswaf:managed:aws:anonymous-ip-list:',
      needed: ['AnonymousIPList'],
      // It turns away honest clients behind cloud providers.
      dispensable: ['HostingProviderIPList'],
    },
  },
};

/** A rule group of AWS serves the purpose; `counted` where the web ACL only counts what its rules find. */
export function managedGroupGuards(group: Value | undefined, counted: Truth, question: Question): Truth {
  const groups = managedGroups[question.guard];
  if (groups === undefined || group === undefined) return false;
  return every(
    [
      (): Truth => isKnownGroup(group, Object.keys(groups)),
      (): Truth => notNarrowed(group, question),
      (): Truth =>
        member(group, 'Name', (name) => {
          const known = groups[scalarText(name)];
          return known === undefined || rulesAct(group, known, counted, question);
        }),
    ],
    ask,
  );
}

/** Every rule of the group that is needed acts, or a later rule of the web ACL does on the label that it leaves. */
function rulesAct(group: Value, known: ManagedGroup, counted: Truth, question: Question): Truth {
  const isMadeUp = (name: string): Truth => labelIsBlocked(`${known.labels}${name}`, question);
  const actsAnyway = (entry: Value): Truth =>
    member(entry, 'Name', (name) => {
      if (typeof name !== 'string') return isOneOf(name, known.dispensable);
      return known.dispensable.includes(name) ? true : isMadeUp(name);
    });
  return every(
    [
      (): Truth => some([(): Truth => not(counted), (): Truth => every(known.needed, isMadeUp)], ask),
      (): Truth => member(group, 'ExcludedRules', (list) => everyMember(list, actsAnyway)),
      (): Truth =>
        member(group, 'RuleActionOverrides', (list) =>
          everyMember(list, (entry) =>
            some(
              [
                (): Truth => not(overriddenBy(entry, ['Count', 'Allow'])),
                (): Truth =>
                  every([(): Truth => overriddenBy(entry, ['Count']), () => actsAnyway(entry)], ask),
              ],
              ask,
            ),
          ),
        ),
    ],
    ask,
  );
}

/** A rule of the web ACL behind the one that is looked at blocks every request that has the label. */
function labelIsBlocked(label: string, question: Question): Truth {
  return someMember(question.acl.properties.Rules, (rule) =>
    member(rule, 'Priority', (priority) => {
      const order = toNumber(priority ?? null) ?? 0;
      if (order <= question.order || order > question.opening) return false;
      return every(
        [
          (): Truth => acts(rule),
          (): Truth => member(rule, 'Statement', (statement) => takesLabel(statement, label, question)),
        ],
        ask,
      );
    }),
  );
}

/** The statement matches every request that a managed rule group gave the label. */
function takesLabel(statement: Value | undefined, label: string, question: Question): Truth {
  return wherever(
    statement,
    (each) =>
      member(each, 'LabelMatchStatement', (match) =>
        member(match, 'Key', (key) => {
          if (key instanceof SymbolicValue) return blocked(key);
          if (typeof key !== 'string') return false;
          const [have, wanted] = [label.toLowerCase(), key.toLowerCase()];
          return member(match, 'Scope', (scope) =>
            scope === 'NAMESPACE'
              ? wanted !== '' && have.startsWith(wanted)
              : scope === 'LABEL' && have === wanted,
          );
        }),
      ),
    question,
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

/** A reference to a rule group gives one of its rules one of these actions. */
export const overriddenBy = (entry: Value, names: readonly string[]): Truth =>
  member(entry, 'ActionToUse', (action) => some(names, (name) => has(action, name)));
