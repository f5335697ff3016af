import { severities, type Rule, type Severity } from '../model/rule.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import { groupBy } from '../model/group-by.ts';
import { exitCodeOf } from '../app/exit-code.ts';
import { isOpenFailure } from '../report/findings.ts';
import { plural } from '../report/plain-text.ts';
import type { HookSettings } from './hook-settings.ts';

/** What a hook answers; shapes and lengths: CloudFormation Hooks user guide, API_Annotation. */
export interface HookAnswer {
  readonly hookStatus: 'SUCCESS' | 'FAILED';
  readonly errorCode?: 'NonCompliant' | 'InternalFailure';
  /** At most 4,096 characters. */
  readonly message: string;
  readonly clientRequestToken: string;
  readonly annotations?: readonly Annotation[];
}

/** What the console and `GetHookResult` show of one finding, or of one rule that found nothing. */
export interface Annotation {
  readonly annotationName: string;
  readonly status: 'PASSED' | 'FAILED' | 'SKIPPED';
  readonly statusMessage: string;
  readonly remediationMessage?: string;
  readonly remediationLink?: string;
  readonly severityLevel?: 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
}

const limits = { name: 1024, message: 4096, text: 16_384, link: 5120 };

/** Lambda refuses answers beyond 6 MB; how much CloudFormation takes is not documented. */
const answerLimit = 1_000_000;

/** Findings that a message names; the annotations hold all. */
const named = 10;

/** The answer for what was decided. */
export function answerOf(
  result: ScanResult,
  rules: readonly Rule[],
  token: string,
  { failOn, unknown, compare }: Pick<HookSettings, 'failOn' | 'unknown' | 'compare'>,
): HookAnswer {
  const isFailed = exitCodeOf(result, failOn, unknown) === 1;
  const failures = worstFirst(result.evaluations.filter(isOpenFailure));
  const brings = compare === 'new' ? ' that this change brings' : '';
  const lines = [
    `Headgate: ${plural(failures.length, 'finding')}${brings}${failOn === 'none' ? '' : `; findings of severity ${failOn} and above fail it`}.`,
    ...failures.slice(0, named).map(({ severity, message, ruleId }) => `${severity}: ${message} (${ruleId})`),
    ...(failures.length > named ? [`and ${failures.length - named} more, in the annotations`] : []),
  ];
  return {
    hookStatus: isFailed ? 'FAILED' : 'SUCCESS',
    ...(isFailed ? { errorCode: 'NonCompliant' as const } : {}),
    message: cut(lines.join('\n'), limits.message),
    clientRequestToken: token,
    annotations: fitting(annotationsOf(result, failures, rules)),
  };
}

/** The answer where nothing could be decided: a fault never blocks a change unless the owner of the hook says so. */
export function faultAnswer(why: string, token: string, onError: HookSettings['onError']): HookAnswer {
  const message = cut(`Headgate could not check this change: ${why}`, limits.message);
  return {
    hookStatus: onError === 'fail' ? 'FAILED' : 'SUCCESS',
    ...(onError === 'fail' ? { errorCode: 'InternalFailure' as const } : {}),
    message,
    clientRequestToken: token,
    annotations: [{ annotationName: 'headgate', status: 'SKIPPED', statusMessage: message }],
  };
}

/** The answer to a call about which there is nothing to decide. */
export function idleAnswer(why: string, token: string): HookAnswer {
  return { hookStatus: 'SUCCESS', message: why, clientRequestToken: token };
}

function annotationsOf(
  result: ScanResult,
  failures: readonly Evaluation[],
  rules: readonly Rule[],
): Annotation[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const failed = failures.map((finding) => failureOf(finding, byId.get(finding.ruleId)));
  const others = result.evaluations.filter((evaluation) => !isOpenFailure(evaluation));
  const rest = [...groupBy(others, ({ ruleId }) => ruleId)].map(([ruleId, items]) =>
    restOf(ruleId, items, byId.get(ruleId)),
  );
  return [...failed, ...rest];
}

function failureOf({ ruleId, resource, severity, message }: Evaluation, rule: Rule | undefined): Annotation {
  return {
    annotationName: cut(`${ruleId} on ${resource.name}`, limits.name),
    status: 'FAILED',
    statusMessage: cut(message, limits.text),
    severityLevel: levelOf(severity),
    ...remedyOf(rule),
  };
}

function remedyOf(rule: Rule | undefined): Pick<Annotation, 'remediationMessage' | 'remediationLink'> {
  if (rule === undefined) return {};
  const { text, cloudformation } = rule.fix;
  const [link] = rule.references;
  return {
    remediationMessage: cut([text, cloudformation ?? ''].join('\n').trim(), limits.text),
    ...(link === undefined || link.length > limits.link ? {} : { remediationLink: link }),
  };
}

/** What a rule says of all resources that it does not fail, in one annotation: unknown before waived before passed. */
function restOf(ruleId: string, items: readonly Evaluation[], rule: Rule | undefined): Annotation {
  const count = (is: (item: Evaluation) => boolean): number => items.filter(is).length;
  const parts = [
    [count(({ verdict, waiver }) => verdict === 'pass' && waiver === undefined), 'passed'],
    [count(({ waiver }) => waiver !== undefined), 'waived or there before'],
    [count(({ verdict, waiver }) => verdict === 'unknown' && waiver === undefined), 'unknown'],
    [count(({ verdict }) => verdict === 'notApplicable'), 'not applicable'],
  ] as const;
  const isSkipped =
    items.every(({ verdict }) => verdict !== 'pass') || items.some(({ verdict }) => verdict === 'unknown');
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const reason = items.find(({ verdict, waiver }) => verdict === 'unknown' && waiver === undefined)?.reason;
  return {
    annotationName: ruleId,
    status: isSkipped ? 'SKIPPED' : 'PASSED',
    statusMessage: cut(
      `${rule?.title ?? ruleId}: ${said.join(', ')}${reason === undefined ? '' : `. ${reason}`}`,
      limits.text,
    ),
  };
}

/** As many annotations as fit, the worst first; the last one says how many are left out. */
function fitting(annotations: readonly Annotation[]): Annotation[] {
  const kept: Annotation[] = [];
  let size = 0;
  for (const annotation of annotations) {
    size += Buffer.byteLength(JSON.stringify(annotation));
    if (size > answerLimit) break;
    kept.push(annotation);
  }
  if (kept.length === annotations.length) return kept;
  const left = annotations.length - kept.length;
  const statusMessage = `${plural(left, 'annotation')} left out: run headgate scan on the template to see all findings`;
  return [...kept, { annotationName: 'headgate', status: 'SKIPPED', statusMessage }];
}

function worstFirst(findings: readonly Evaluation[]): Evaluation[] {
  return findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

function levelOf(severity: Severity): NonNullable<Annotation['severityLevel']> {
  return severity === 'info'
    ? 'INFORMATIONAL'
    : (severity.toUpperCase() as Uppercase<Exclude<Severity, 'info'>>); // the same words
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
