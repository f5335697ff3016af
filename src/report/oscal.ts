import { createHash } from 'node:crypto';
import type { Evaluation, RuleSummary, ScanResult, Verdict } from '../model/scan-result.ts';
import { groupBy } from '../model/group-by.ts';
import { describeWhere, isOpenFailure, rulesById } from './findings.ts';
import { jsonParts, Streamed } from './json-parts.ts';
import { singleLine } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';

type Json = Readonly<Record<string, unknown>>;

const namespace = 'https://www.npmjs.com/package/headgate';

/** What a finding is about: a statement of the reference document, or a control of NIST SP 800-53. */
interface Objective {
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly catalog: 'headgate' | 'nist-800-53-r5';
  readonly rules: ReadonlySet<string>;
}

/**
 * OSCAL 1.2.1 assessment results: an observation for each rule over all its resources, passes
 * included, a risk for each rule that fails, and a finding for each control objective, of the reference
 * document and of NIST SP 800-53. OSCAL has no state for what could not be decided: such objectives have
 * no finding and stand in the assessment log. Ids are derived from content, so equal results are equal
 * bytes. Source: usnistgov/OSCAL assessment-results, read 2026-11-23.
 */
export function renderOscal(result: ScanResult, options: RenderOptions = {}): Iterable<string> {
  const writer = new OscalWriter(result, options.now ?? result.startedAt);
  return jsonParts({ 'assessment-results': writer.document() });
}

class OscalWriter {
  private readonly seed: string;
  private readonly byRule: ReadonlyMap<string, readonly Evaluation[]>;
  private readonly rules: ReadonlyMap<string, RuleSummary>;

  constructor(
    private readonly result: ScanResult,
    private readonly now: string,
  ) {
    this.seed = `${result.ruleSet.digest}|${result.startedAt}`;
    this.byRule = groupBy(result.evaluations, (item) => item.ruleId);
    this.rules = rulesById(result);
  }

  document(): Json {
    const { tool } = this.result;
    return {
      uuid: this.uuid('document'),
      metadata: {
        title: 'Headgate assessment results',
        'last-modified': this.now,
        version: tool.version,
        'oscal-version': '1.2.1',
        props: [prop('rule-set-digest', this.result.ruleSet.digest)],
      },
      'import-ap': { href: `#${this.uuid('plan')}` },
      results: [this.assessment()],
      'back-matter': {
        resources: [this.planResource(), ...this.result.inputs.map((input) => this.inputResource(input))],
      },
    };
  }

  private assessment(): Json {
    const objectives = this.objectives();
    const findings = objectives.flatMap((objective) => this.finding(objective));
    const risks = [...this.byRule].flatMap(([ruleId, items]) => this.risk(ruleId, items));
    return {
      uuid: this.uuid('result'),
      title: 'Policy evaluation of Lambda request flows',
      description: `Resources checked: ${this.result.summary.resources}. Rules: ${this.result.ruleSet.rules.length}.`,
      start: this.result.startedAt,
      ...(this.byRule.size === 0
        ? {}
        : { 'local-definitions': { 'inventory-items': new Streamed(this.inventory()) } }),
      'reviewed-controls': this.reviewedControls(objectives),
      'assessment-log': { entries: this.log(objectives) },
      ...(this.byRule.size === 0 ? {} : { observations: new Streamed(this.observations()) }),
      ...list('risks', risks),
      ...list('findings', findings),
    };
  }

  /** Statements of the reference document, then controls, each with the rules that decide it. */
  private objectives(): Objective[] {
    const own = this.result.requirements.map(({ id, says, rules }) => ({
      key: `headgate|${id}`,
      id: token(id),
      title: says,
      catalog: 'headgate' as const,
      rules: new Set(rules),
    }));
    const controls = new Map<string, Set<string>>();
    for (const rule of this.result.ruleSet.rules) {
      for (const { framework, id } of rule.controls) {
        if (framework !== 'nist-800-53-r5') continue;
        const rules = controls.get(id) ?? new Set<string>();
        controls.set(id, rules.add(rule.id));
      }
    }
    const nist = [...controls].map(([id, rules]) => ({
      key: `nist|${id}`,
      id: token(controlId(id)),
      title: id,
      catalog: 'nist-800-53-r5' as const,
      rules,
    }));
    return [...own, ...nist];
  }

  private evaluationsOf({ rules }: Objective): Evaluation[] {
    return [...rules].flatMap((rule) => this.byRule.get(rule) ?? []);
  }

  private finding(objective: Objective): Json[] {
    const evaluations = this.evaluationsOf(objective);
    const verdict = decide(evaluations);
    if (verdict !== 'pass' && verdict !== 'fail') return [];
    const deciding = [...objective.rules].filter((rule) => this.byRule.has(rule));
    const risky = deciding.filter((rule) => this.byRule.get(rule)?.some((item) => item.verdict === 'fail'));
    const finding = {
      uuid: this.uuid(`finding|${objective.key}`),
      title: line(objective.title),
      description: line(countText(evaluations)),
      props: [prop('catalog', objective.catalog)],
      target: {
        type: 'objective-id',
        'target-id': objective.catalog === 'headgate' ? objective.id : `${objective.id}_obj`,
        status: { state: verdict === 'pass' ? 'satisfied' : 'not-satisfied', reason: verdict },
      },
      'related-observations': deciding.map((rule) => ({
        'observation-uuid': this.uuid(`observation|${rule}`),
      })),
      ...list(
        'related-risks',
        risky.map((rule) => ({ 'risk-uuid': this.uuid(`risk|${rule}`) })),
      ),
    };
    return [finding];
  }

  private *observations(): Generator<Json> {
    for (const [ruleId, items] of this.byRule) yield this.observation(ruleId, items);
  }

  private observation(ruleId: string, items: readonly Evaluation[]): Json {
    const rule = this.rules.get(ruleId);
    return {
      uuid: this.uuid(`observation|${ruleId}`),
      title: line(rule?.title ?? ruleId),
      description: line(countText(items)),
      props: [prop('rule-id', ruleId), prop('severity', items[0]?.severity ?? 'info')],
      methods: [rule?.decides === 'procedure' ? 'EXAMINE' : 'TEST'],
      types: ['finding'],
      subjects: new Streamed(this.subjects(items)),
      ...(items.some(({ evidence }) => evidence.length > 0)
        ? { 'relevant-evidence': new Streamed(evidenceOf(items)) }
        : {}),
      collected: this.result.startedAt,
    };
  }

  private *subjects(items: readonly Evaluation[]): Generator<Json> {
    for (const item of items) yield this.subject(item);
  }

  private subject(item: Evaluation): Json {
    const { waiver } = item;
    return {
      'subject-uuid': this.uuid(`resource|${item.resource.id}`),
      type: 'inventory-item',
      title: line(item.resource.name),
      props: [
        prop('verdict', waiver === undefined ? item.verdict : 'waived'),
        prop('where', describeWhere(item)),
        prop('fingerprint', item.fingerprint),
        ...(waiver?.owner === undefined ? [] : [prop('waiver-owner', waiver.owner)]),
        ...(waiver?.expires === undefined ? [] : [prop('waiver-expires', waiver.expires)]),
      ],
      remarks: line([item.message, item.reason, waiver?.reason].filter(Boolean).join(' ')),
    };
  }

  private risk(ruleId: string, items: readonly Evaluation[]): Json[] {
    const failed = items.filter((item) => item.verdict === 'fail');
    if (failed.length === 0) return [];
    const rule = this.rules.get(ruleId);
    const risk = {
      uuid: this.uuid(`risk|${ruleId}`),
      title: line(rule?.title ?? ruleId),
      description: line(countText(items)),
      statement: line(rule?.why ?? ruleId),
      // Waived throughout means accepted: OSCAL's word is deviation-approved.
      status: failed.some(isOpenFailure) ? 'open' : 'deviation-approved',
      ...(rule === undefined ? {} : { remediations: [this.remediation(rule)] }),
    };
    return [risk];
  }

  private remediation(rule: RuleSummary): Json {
    return {
      uuid: this.uuid(`remediation|${rule.id}`),
      lifecycle: 'recommendation',
      title: line(rule.title),
      description: line(rule.fix.text),
    };
  }

  private *inventory(): Generator<Json> {
    const resources = new Map(this.result.evaluations.map(({ resource }) => [resource.id, resource]));
    for (const resource of resources.values())
      yield {
        uuid: this.uuid(`resource|${resource.id}`),
        description: line(`${resource.type} ${resource.name}`),
        props: [
          prop('type', resource.type),
          prop('id', resource.arn ?? resource.id),
          ...(resource.account === undefined ? [] : [prop('account', resource.account)]),
          ...(resource.region === undefined ? [] : [prop('region', resource.region)]),
        ],
      };
  }

  private reviewedControls(objectives: readonly Objective[]): Json {
    const selected = objectives.filter((objective) => this.evaluationsOf(objective).length > 0);
    const controls = selected.filter(({ catalog }) => catalog === 'nist-800-53-r5');
    return {
      'control-selections': [
        controls.length === 0
          ? { 'include-all': {} }
          : { 'include-controls': controls.map(({ id }) => ({ 'control-id': id })) },
      ],
      ...list('control-objective-selections', selected, (items) => [
        {
          'include-objectives': items.map(({ id, catalog }) => ({
            'objective-id': catalog === 'headgate' ? id : `${id}_obj`,
          })),
        },
      ]),
    };
  }

  /** The run itself, and every objective that has no finding, with why. */
  private log(objectives: readonly Objective[]): Json[] {
    const entry = (key: string, title: string, description: string) => ({
      uuid: this.uuid(`log|${key}`),
      title: line(title),
      description: line(description),
      start: this.result.startedAt,
    });
    const undecided = objectives.flatMap((objective) => {
      const evaluations = this.evaluationsOf(objective);
      const verdict = decide(evaluations);
      if (verdict === 'pass' || verdict === 'fail') return [];
      const why = verdict === 'unknown' ? 'Not decided' : 'Not applicable';
      return [
        entry(objective.key, `${why}: ${objective.id}`, `${objective.title} (${countText(evaluations)})`),
      ];
    });
    const problems = this.result.diagnostics.map((item, index) =>
      entry(`diagnostic|${index}`, `${item.severity}: ${item.code}`, `${item.message} (${item.where})`),
    );
    return [
      entry('run', 'Evaluation', `Headgate ${this.result.tool.version} ran.`),
      ...undecided,
      ...problems,
    ];
  }

  private planResource(): Json {
    return {
      uuid: this.uuid('plan'),
      title: 'Headgate rule set',
      description: `The assessment plan is the rule set with digest ${this.result.ruleSet.digest}.`,
    };
  }

  private inputResource({ name, kind, digest }: ScanResult['inputs'][number]): Json {
    return {
      uuid: this.uuid(`input|${kind}|${name}`),
      title: line(name),
      description: line(`Input of kind ${kind}.`),
      ...(digest === undefined ? {} : { props: [prop('digest', digest)] }),
    };
  }

  /** A UUID of version 5 form (RFC 9562) over the run and a key, hashed with SHA-256. */
  private uuid(key: string): string {
    const hex = createHash('sha256').update(`${this.seed}|${key}`).digest('hex');
    const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
  }
}

/** satisfied only where every resource in scope was decided; a waived failure is a failure that was accepted. */
function decide(evaluations: readonly Evaluation[]): Verdict {
  const has = (verdict: Verdict) => evaluations.some((item) => item.verdict === verdict);
  if (has('fail')) return 'fail';
  if (has('unknown')) return 'unknown';
  return has('pass') ? 'pass' : 'notApplicable';
}

function countText(evaluations: readonly Evaluation[]): string {
  const count = (verdict: Verdict) => evaluations.filter((item) => item.verdict === verdict).length;
  const waived = evaluations.filter((item) => item.waiver !== undefined).length;
  return `${count('pass')} passed, ${count('fail')} failed (${waived} waived), ${count('unknown')} unknown, ${count('notApplicable')} not applicable.`;
}

function* evidenceOf(items: readonly Evaluation[]): Generator<Json> {
  for (const { evidence, resource } of items)
    for (const { what, value, expected, source } of evidence)
      yield { description: line(`${resource.name}: ${what} is ${value}, expected ${expected} (${source})`) };
}

/** A member that OSCAL wants filled or left out, never empty. */
function list<Item>(
  name: string,
  items: readonly Item[],
  wrap: (items: readonly Item[]) => unknown = (all) => all,
): Json {
  return items.length === 0 ? {} : { [name]: wrap(items) };
}

function prop(name: string, value: string): Json {
  return { name, ns: namespace, value: line(value) };
}

/** `AC-4(21)` as OSCAL catalogs write it: `ac-4.21`. */
function controlId(id: string): string {
  return id.toLowerCase().replace(/\((\d+)\)/g, '.$1');
}

/** A name that OSCAL takes as a token (XML NCName without colon). */
function token(text: string): string {
  const safe = text.replace(/[^\p{L}\p{N}._-]/gu, '_');
  return /^[\p{L}_]/u.test(safe) ? safe : `_${safe}`;
}

/** One non-empty line without outer white space, the form of OSCAL's strings. */
function line(text: string): string {
  return singleLine(text).trim() || '-';
}
