import { decideReading } from '../../../src/app/scan.ts';
import type { Rule, RuleSet } from '../../../src/model/rule.ts';
import type { Verdict } from '../../../src/model/scan-result.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';
import { additions } from './additions.ts';
import { operators } from './operators.ts';
import {
  namedIn,
  replaced,
  sitesOf,
  withResources,
  type Json,
  type Site,
  type Template,
  type WrittenResource,
} from './template.ts';

/** An input that was weakened, and what became of a verdict that was a pass. */
export interface Trial {
  readonly rule: string;
  /** The example's name, or the application's. */
  readonly input: string;
  /** The resource that passed. */
  readonly on: string;
  /** Where it was weakened: `<type>.<path without indexes>`. */
  readonly place: string;
  readonly at: string;
  readonly operator: string;
  readonly verdict: Verdict | undefined;
  readonly by: Json | undefined;
  /** Resources that were added with it. */
  readonly resources?: Template['Resources'];
}

/** A template, and the verdicts of one rule on it by resource. */
export type Decide = (template: Template) => ReadonlyMap<string, Verdict>;

/** Verdicts of one rule. */
export function decideBy(
  rule: Rule,
  ruleSet: RuleSet,
  code?: Readonly<Record<string, readonly string[]>>,
): Decide {
  return (template) => {
    const { evaluations } = decideReading(
      readTemplateObject(template, 'template', code === undefined ? {} : { code }),
      {
        ruleSet: { ...ruleSet, rules: [rule] },
        version: '0',
        now: new Date('2026-11-23T00:00:00Z'),
        detail: 'findings',
      },
    );
    return new Map(evaluations.map(({ resource, verdict }) => [resource.name, verdict]));
  };
}

const placeOf = ({ type, steps }: Site): string =>
  [type, ...steps.filter((step) => !/^\d+$/.test(step))].join('.');

/** What to try: every nth site, and of an application each kind of place once. */
export interface Share {
  readonly takes: (place: string) => boolean;
}

/** One of `oneOf` sites, the `offset`th. */
export function oneOf(count: number, offset = 0): Share {
  let seen = offset;
  return { takes: () => seen++ % count === 0 };
}

type What = Pick<Trial, 'place' | 'at' | 'operator' | 'by' | 'resources'>;

/** Every weakening that fits, of what passes in a template. */
export function* trialsOf(
  rule: string,
  input: string,
  template: Template,
  { decide, share }: { readonly decide: Decide; readonly share: Share },
): Generator<Trial> {
  const passing = [...decide(template)].filter(([, verdict]) => verdict === 'pass').map(([name]) => name);
  const hurtBy = (changed: Template): readonly string[] => {
    const after = decide(changed);
    return passing.filter((name) => after.get(name) === 'fail' || after.get(name) === 'unknown');
  };
  const trial = function* (changed: Template, among: readonly string[], what: What): Generator<Trial> {
    if (among.length === 0) return;
    const after = decide(changed);
    for (const on of among) yield { rule, input, on, ...what, verdict: after.get(on) };
  };
  for (const [id, resource] of Object.entries(template.Resources)) {
    // Of a resource that is not needed nothing is.
    const without = hurtBy(withoutResource(template, id));
    const bearing = passing.filter((name) => name === id || without.includes(name));
    if (bearing.length === 0) continue;
    if (share.takes(resource.Type)) {
      yield* trial(
        perhaps(template, id, resource),
        isReferredTo(template, id) ? [] : bearing.filter((name) => name !== id),
        {
          place: resource.Type,
          at: id,
          operator: 'perhaps',
          by: undefined,
        },
      );
    }
    for (const { id: operator, types, add } of additions) {
      if (!types.test(resource.Type) || !share.takes(resource.Type)) continue;
      for (const changed of add(resource.Properties ?? {}, resource.Type))
        yield* trial(withResources(template, { [id]: { ...resource, Properties: changed } }), bearing, {
          place: resource.Type,
          at: id,
          operator,
          by: changed,
        });
    }
    for (const site of sitesOf(id, resource)) {
      if (!share.takes(placeOf(site))) continue;
      const absent = hurtBy(replaced(template, site, undefined));
      const unknown = hurtBy(replaced(withBlank(template), site, { Ref: 'HgBlank' }));
      const hurt = {
        any: bearing,
        needed: bearing.filter((name) => absent.includes(name)),
        decisive: bearing.filter((name) => absent.includes(name) || unknown.includes(name)),
      };
      for (const { id: operator, where, weaken } of operators) {
        if (hurt[where].length === 0) continue;
        for (const { by, resources = {} } of weaken(site, template))
          yield* trial(replaced(withResources(template, resources), site, by), hurt[where], {
            place: placeOf(site),
            at: `${id}.${site.steps.join('.')}`,
            operator,
            by,
            resources,
          });
      }
    }
  }
}

function withoutResource(template: Template, id: string): Template {
  const others = Object.entries(template.Resources).filter(([other]) => other !== id);
  return { ...template, Resources: Object.fromEntries(others) };
}

function withBlank(template: Template): Template {
  return { ...template, Parameters: { ...template.Parameters, HgBlank: { Type: 'String' } } };
}

/** The resource is there only under a condition that nobody knows. */
function perhaps(template: Template, id: string, resource: WrittenResource): Template {
  return {
    ...withBlank(withResources(template, { [id]: { ...resource, Condition: 'HgOpen' } })),
    Conditions: { ...template.Conditions, HgOpen: { 'Fn::Equals': [{ Ref: 'HgBlank' }, 'yes'] } },
  };
}

/** What others refer to has to be there, or nothing is deployed. */
function isReferredTo({ Resources, Outputs = {} }: Template, id: string): boolean {
  return (
    namedIn(Outputs).includes(id) ||
    Object.entries(Resources).some(
      ([other, { Properties = {} }]) => other !== id && namedIn(Properties).includes(id),
    )
  );
}
