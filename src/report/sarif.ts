import type {
  Invocation,
  Location as SarifLocation,
  Log,
  LogicalLocation,
  Notification,
  PropertyBag,
  ReportingDescriptor,
  Result,
  Run,
  Suppression,
} from 'sarif';
import type { Location } from '../model/location.ts';
import type { Severity } from '../model/rule.ts';
import type {
  Diagnostic,
  Evaluation,
  ResourceSummary,
  RuleSummary,
  ScanResult,
} from '../model/scan-result.ts';
import { describeChanges, describeWaivers } from './changes.ts';
import { groupBy } from '../model/group-by.ts';
import { isOpenFailure, isOpenUnknown, linkOf, worstFirst } from './findings.ts';
import { jsonParts, Streamed } from './json-parts.ts';
import { lineHashes } from './line-hash.ts';
import { truncate, wellFormed } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';
import { outsidePath, repositoryPath, toUri } from './repository-path.ts';

type Level = NonNullable<Result['level']>;

const levels: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** One number inside each of GitHub's bands (over 9 critical, 7-8.9 high, 4-6.9 medium, 0.1-3.9 low), as strings. */
const securitySeverities: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.5',
};

/** GitHub refuses a run with more results. */
const githubResultLimit = 25_000;

/** GitHub's limit for a rule's texts, in characters. */
const descriptionLimit = 1024;

/**
 * SARIF 2.1.0, one run. Profile `github` (default) holds what code scanning can show: open failures
 * that stand in a file (and unknowns as notes with `includeUnknown`), for it shows
 * suppressed results as open alerts and refuses results without a file. Profile `full` holds every
 * evaluation, with waivers as suppressions. Source: facts of GitHub's SARIF support, read 2026-11-23.
 */
export function renderSarif(result: ScanResult, options: RenderOptions = {}): Iterable<string> {
  const writer = new SarifWriter(result, options);
  const log: Omit<Log, 'runs'> & {
    readonly runs: readonly (Omit<Run, 'results'> & { readonly results: Streamed })[];
  } = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Headgate',
            version: result.tool.version,
            semanticVersion: result.tool.version,
            informationUri: 'https://www.npmjs.com/package/headgate',
            rules: result.ruleSet.rules.map(describeRule),
          },
        },
        automationDetails: { id: `${options.category ?? 'headgate'}/` },
        columnKind: 'utf16CodeUnits',
        invocations: [describeInvocation(result, writer.cut)],
        results: new Streamed(writer.results()),
        properties: {
          profile: options.profile ?? 'github',
          ruleSetDigest: result.ruleSet.digest,
          changes: describeChanges(result),
          waivers: describeWaivers(result),
        },
      },
    ],
  };
  return jsonParts(log);
}

function describeRule(rule: RuleSummary): ReportingDescriptor {
  const link = linkOf(rule);
  const controls = groupControls(rule);
  return {
    id: rule.id,
    name: rule.id.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase()),
    shortDescription: { text: truncate(rule.title.trim(), descriptionLimit) },
    fullDescription: { text: truncate(rule.why.trim(), descriptionLimit) },
    help: { text: helpText(rule), markdown: helpMarkdown(rule) },
    ...(link === undefined ? {} : { helpUri: link }),
    defaultConfiguration: { level: levels[rule.severity] },
    properties: {
      tags: ['security', 'aws', 'serverless', ...rule.flows.slice(0, 6)],
      precision: 'high',
      'security-severity': securitySeverities[rule.severity],
      requirement: rule.requirement,
      ...(Object.keys(controls).length === 0 ? {} : { controls }),
    },
  };
}

/** Framework ids by framework. They stay out of the tags: GitHub keeps 10 and refuses a file with more than 20. */
function groupControls(rule: RuleSummary): Record<string, string[]> {
  const groups = [...groupBy(rule.controls, ({ framework }) => framework)];
  return Object.fromEntries(groups.map(([framework, controls]) => [framework, controls.map(({ id }) => id)]));
}

function helpText(rule: RuleSummary): string {
  return [rule.why.trim(), `Fix: ${rule.fix.text.trim()}`, ...rule.references].join('\n\n');
}

function helpMarkdown(rule: RuleSummary): string {
  const code = (language: string, text: string | undefined) =>
    text === undefined ? [] : [`\`\`\`${language}\n${text.replaceAll('```', "'''").trimEnd()}\n\`\`\``];
  return [
    rule.why.trim(),
    `**Fix:** ${rule.fix.text.trim()}`,
    ...code('yaml', rule.fix.cloudformation),
    ...code('yaml', rule.fix.sam),
    ...code('hcl', rule.fix.terraform),
    ...code('typescript', rule.fix.cdk),
    ...code('sh', rule.fix.cli),
    ...(rule.controls.length === 0
      ? []
      : [`**Controls:** ${rule.controls.map(({ framework, id }) => `${framework} ${id}`).join(', ')}`]),
    ...(rule.references.length === 0 ? [] : [rule.references.map((link) => `- <${link}>`).join('\n')]),
  ].join('\n\n');
}

function describeInvocation(result: ScanResult, cut: number): Invocation {
  const cutNotice: Notification = {
    level: 'warning',
    descriptor: { id: 'results-cut' },
    message: {
      text: `${cut} of the least severe results were left out: a run holds ${githubResultLimit} at most.`,
    },
  };
  return {
    executionSuccessful: result.diagnostics.every((item) => item.severity !== 'error'),
    startTimeUtc: result.startedAt,
    toolExecutionNotifications: [
      ...result.diagnostics.map(describeDiagnostic),
      ...(cut === 0 ? [] : [cutNotice]),
    ],
  };
}

function describeDiagnostic(diagnostic: Diagnostic): Notification {
  const level = diagnostic.severity === 'info' ? 'note' : diagnostic.severity;
  return {
    level,
    descriptor: { id: diagnostic.code },
    message: { text: `${diagnostic.message} (${diagnostic.where})` },
    properties: { blocks: [...diagnostic.blocks] },
  };
}

class SarifWriter {
  private readonly full: boolean;
  private readonly ruleIndexes: ReadonlyMap<string, number>;
  private readonly hashes = new Map<string, readonly string[]>();
  private readonly reported: readonly Evaluation[];
  /** Results that did not fit: the least severe ones. */
  readonly cut: number;

  constructor(
    private readonly result: ScanResult,
    private readonly options: RenderOptions,
  ) {
    this.full = options.profile === 'full';
    this.ruleIndexes = new Map(result.ruleSet.rules.map((rule, index) => [rule.id, index]));
    const all = result.evaluations.filter((item) => this.isReported(item));
    this.cut = this.full ? 0 : Math.max(0, all.length - githubResultLimit);
    this.reported = this.cut === 0 ? all : worstFirst(all).slice(0, githubResultLimit);
  }

  *results(): Generator<Result> {
    for (const item of this.reported) yield this.describe(item);
  }

  private isReported(evaluation: Evaluation): boolean {
    if (this.full) return true;
    if (evaluation.location === undefined) return false;
    return isOpenFailure(evaluation) || (this.options.includeUnknown === true && isOpenUnknown(evaluation));
  }

  private describe(evaluation: Evaluation): Result {
    const ruleIndex = this.ruleIndexes.get(evaluation.ruleId);
    return {
      ruleId: evaluation.ruleId,
      ...(ruleIndex === undefined ? {} : { ruleIndex }),
      ...this.kindAndLevel(evaluation),
      message: { text: messageOf(evaluation) },
      locations: [this.primaryLocation(evaluation)],
      ...this.relatedLocations(evaluation),
      partialFingerprints: this.fingerprints(evaluation),
      ...(evaluation.waiver === undefined ? {} : { suppressions: [suppressionOf(evaluation.waiver)] }),
      ...(this.full ? { properties: propertiesOf(evaluation) } : {}),
    };
  }

  private kindAndLevel(evaluation: Evaluation): Pick<Result, 'kind' | 'level'> {
    const { verdict, ruleId } = evaluation;
    if (verdict === 'fail') {
      // GitHub and SonarQube read the rule's level, other viewers the result's: they have to agree.
      const rule = this.result.ruleSet.rules[this.ruleIndexes.get(ruleId) ?? -1];
      return { kind: 'fail', level: levels[rule?.severity ?? evaluation.severity] };
    }
    if (!this.full) return { level: 'note' };
    return { kind: verdict === 'unknown' ? 'open' : verdict, level: 'none' };
  }

  private primaryLocation(evaluation: Evaluation): SarifLocation {
    const { location, resource } = evaluation;
    return {
      ...(location === undefined ? {} : { physicalLocation: this.physicalLocation(location) }),
      logicalLocations: [logicalLocationOf(resource)],
    };
  }

  private physicalLocation({ file, startLine, startColumn, endLine, endColumn }: Location) {
    const path = repositoryPath(file, this.options.pathPrefix);
    const uri = path === undefined ? outsideUri(file, this.options.pathPrefix) : toUri(path);
    return { artifactLocation: { uri }, region: { startLine, startColumn, endLine, endColumn } };
  }

  /** The places that the evidence was read from, other than the primary one. */
  private relatedLocations(evaluation: Evaluation): Pick<Result, 'relatedLocations'> {
    const related = evaluation.evidence.flatMap(({ what, location }) =>
      location === undefined || isSamePlace(location, evaluation.location) ? [] : [{ what, location }],
    );
    if (related.length === 0) return {};
    return {
      relatedLocations: related.slice(0, 100).map(({ what, location }, index) => ({
        id: index + 1,
        message: { text: what === '' ? evaluation.ruleId : what },
        physicalLocation: this.physicalLocation(location),
      })),
    };
  }

  private fingerprints(evaluation: Evaluation): Record<string, string> {
    const own = { 'headgate/v1': evaluation.fingerprint };
    if (evaluation.location === undefined) return own;
    const hash = this.hashesOf(evaluation.location.file)[evaluation.location.startLine - 1];
    return hash === undefined ? own : { primaryLocationLineHash: hash, ...own };
  }

  private hashesOf(file: string): readonly string[] {
    const known = this.hashes.get(file);
    if (known !== undefined) return known;
    const text = this.options.sourceText?.(file);
    const hashes = text === undefined ? [] : lineHashes(text);
    this.hashes.set(file, hashes);
    return hashes;
  }
}

/**
 * A file that does not stand in the repository: relative to its root with `..`, as GitHub rejects a file whose
 * absolute URIs do not fit its checkout. One on another drive as `file:` URI, since nothing else names it.
 */
function outsideUri(file: string, prefix: string | undefined): string {
  const path = outsidePath(file, prefix);
  const uri = toUri(path);
  if (path.startsWith('/')) return `file://${uri}`;
  return /^[A-Za-z]:/.test(path) ? `file:///${uri}` : uri;
}

function messageOf({ verdict, message, reason, ruleId }: Evaluation): string {
  const text = verdict === 'fail' || reason === undefined ? message : `${message} ${reason}`;
  // GitHub refuses an empty string where a text is required.
  return text.trim() === '' ? ruleId : wellFormed(text);
}

function logicalLocationOf(resource: ResourceSummary): LogicalLocation {
  return {
    name: resource.name,
    fullyQualifiedName: resource.arn ?? resource.constructPath ?? resource.id,
    kind: 'resource',
  };
}

function suppressionOf(waiver: NonNullable<Evaluation['waiver']>): Suppression {
  const inSource = ['comment', 'metadata', 'cdk', 'peer'].includes(waiver.source);
  return {
    kind: inSource ? 'inSource' : 'external',
    status: 'accepted',
    justification: waiver.reason,
    properties: {
      source: waiver.source,
      ...(waiver.owner === undefined ? {} : { owner: waiver.owner }),
      ...(waiver.expires === undefined ? {} : { expires: waiver.expires }),
    },
  };
}

function propertiesOf(evaluation: Evaluation): PropertyBag {
  const { requirement, severity, verdict, resource, flows, evidence, cause } = evaluation;
  return {
    requirement,
    severity,
    verdict,
    ...(cause === undefined ? {} : { cause }),
    resource,
    flows,
    evidence: evidence.map(({ what, value, expected, holds, source }) => ({
      what,
      value,
      expected,
      holds,
      source,
    })),
  };
}

function isSamePlace(a: Location, b: Location | undefined): boolean {
  return (
    b !== undefined && a.file === b.file && a.startLine === b.startLine && a.startColumn === b.startColumn
  );
}
