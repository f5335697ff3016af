import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fromPointer } from '../../src/model/location.ts';
import type { Evaluation } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { scanTemplates } from '../../src/app/scan.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';
import { hasSamTransform } from '../../src/template/transforms.ts';

// Where findings on resources that the SAM transform makes are shown, over SAM templates of others.

const corpora = [
  join('..', 'shared', 'corpus', 'sam', 'input'),
  join('..', 'shared', 'corpus', 'templates', 'serverless-patterns'),
];

interface Finding {
  readonly evaluation: Evaluation;
  readonly root: Readonly<Record<string, unknown>>;
  readonly segments: readonly string[];
}

interface Shown {
  readonly pointer: string;
  readonly what: string;
  readonly value: string;
  readonly written: unknown;
}

let findings: Finding[];
let shown: Shown[];

beforeAll(async () => {
  expect(corpora.every((folder) => existsSync(folder))).toBe(true);
  const ruleSet = applySettings(await shippedRules(), {});
  const now = new Date('2026-11-23T00:00:00Z');
  const decide = { ruleSet, version: '0', now, detail: 'all' } as const;
  const { evaluations } = await scanTemplates(corpora, { cwd: process.cwd() }, decide);
  const roots = new Map<string, Finding['root']>();
  const read = evaluations.flatMap((evaluation): Finding[] => {
    const { location, resource } = evaluation;
    if (location === undefined || resource.type.startsWith('Headgate::')) return [];
    const { file, pointer } = location;
    const root = roots.get(file) ?? parseTemplateText(readFileSync(file, 'utf8'), file).root ?? {};
    roots.set(file, root);
    if (!hasSamTransform(root) || !isGenerated(evaluation, root)) return [];
    return [{ evaluation, root, segments: fromPointer(pointer) }];
  });
  shown = read.flatMap(({ evaluation, root }) => shownValues(evaluation, root));
  findings = read.filter(({ evaluation: { verdict } }) => verdict === 'fail' || verdict === 'unknown');
});

/** True for a resource that is not written, or written as one of SAM. */
function isGenerated({ resource }: Evaluation, root: Finding['root']): boolean {
  const type = nodeAt(root, ['Resources', resource.name, 'Type']);
  return typeof type !== 'string' || type.startsWith('AWS::Serverless::');
}

function nodeAt(root: unknown, segments: readonly string[]): unknown {
  return segments.reduce((node: unknown, segment) => {
    const isInside = typeof node === 'object' && node !== null && Object.hasOwn(node, segment);
    return isInside ? (node as Record<string, unknown>)[segment] : undefined; // `hasOwn` holds for lists too
  }, root);
}

const describeFinding = ({ evaluation, segments }: Finding): string =>
  `${evaluation.location?.file ?? ''} ${evaluation.ruleId} ${evaluation.resource.name} at /${segments.join('/')}`;

/** Resources that several of the template's share are told by the transform's own names. */
const shared =
  /^(?:Serverless(?:RestApi|HttpApi|UsagePlan|ApiKey|DeploymentApplication)|CodeDeployServiceRole|ApiGatewayDomainName|RecordSetGroup)/;

/** Whether the place belongs to what the transform made the resource for. */
function isAtCause({ evaluation, root, segments }: Finding): boolean {
  const [section, id = ''] = segments;
  if (section === 'Globals') return segments.length > 2;
  const type = String(nodeAt(root, ['Resources', id, 'Type']));
  const { name } = evaluation.resource;
  // Parts of an API's document are called by the API, which need not be one of SAM.
  if (name.startsWith(`${id} `) || name === id) return true;
  if (shared.test(name) || name.includes(' ')) return type.startsWith('AWS::');
  const isSam =
    type.startsWith('AWS::Serverless::') || nodeAt(root, ['Resources', id, 'Connectors']) !== undefined;
  return (
    (isSam && name.startsWith(id)) ||
    isNamed(nodeAt(root, ['Resources', id]), name) ||
    isStage(evaluation, type)
  );
}

/** A queue of an event may have a name of its own. */
function isNamed(resource: unknown, name: string): boolean {
  return JSON.stringify(resource).includes(`"QueueLogicalId":"${name}"`);
}

/** Stages that deployments and quick creation make bear the stage's name. */
function isStage({ resource }: Evaluation, type: string): boolean {
  return resource.type.endsWith('::Stage') && /Api|Function|StateMachine|Deployment/.test(type);
}

describe('findings on what SAM generates', () => {
  it('are many', () => {
    expect(findings.length).toBeGreaterThan(4500);
  });

  it('stand at a place that is written in the file', () => {
    const wrong = findings.filter(({ root, segments }) => nodeAt(root, segments) === undefined);
    expect(wrong.map(describeFinding)).toEqual([]);
  });

  it('have a line and a column, and none is shown at the whole template', () => {
    const wrong = findings.filter(
      ({ evaluation: { location }, segments }) =>
        location === undefined || location.startLine < 2 || location.startColumn < 1 || segments.length < 2,
    );
    expect(wrong.map(describeFinding)).toEqual([]);
  });

  it('stand inside of the SAM resource, event, connector or Globals entry that makes the resource', () => {
    expect(findings.filter((finding) => !isAtCause(finding)).map(describeFinding)).toEqual([]);
  });

  it('that fail name the generated resource', () => {
    const wrong = findings.filter(
      ({ evaluation: { message, resource, verdict } }) =>
        verdict === 'fail' && !message.includes(resource.name),
    );
    expect(wrong.map((finding) => `${describeFinding(finding)}: ${finding.evaluation.message}`)).toEqual([]);
  });

  it('rest on evidence that is shown where its value is written', () => {
    // What is withheld cannot be compared, and a condition's key is read from its name.
    const compared = shown.filter(
      ({ what, value }) => !/^set, \d+ char/.test(value) && !/\.Key of /.test(what),
    );
    expect(compared.length).toBeGreaterThan(1000);
    const wrong = compared.filter(({ written, value }) => !shows(written, value));
    expect(wrong.map(({ pointer, what, value }) => `${pointer}: ${what} is ${value}`)).toEqual([]);
  });
});

/** What the transform writes by itself or takes out of several properties, and actions, which are told by their statement. */
const added =
  /^(?:(?:Principal|SourceArn|AuthorizationType|Type|IdentitySource|Qualifier|State|ValidateRequestBody|JwtConfiguration\.Issuer|BillingMode|LogConfig\.FieldLogLevel|.*\.Actions\.\d+) of |StageName of \w+Deployment[\da-f]{10}$)/;

/** Scalars of templates that verdicts of any kind rest on, and what is written at the place that is told for them. */
function shownValues(evaluation: Evaluation, root: Finding['root']): Shown[] {
  return evaluation.evidence.flatMap(({ what, value, source, location }) => {
    const isScalar = value !== '' && !/^[[{(]/.test(value) && !value.includes('…');
    if (
      location === undefined ||
      source !== 'template' ||
      !isScalar ||
      !what.includes(' of ') ||
      added.test(what)
    )
      return [];
    return [
      {
        pointer: `${location.file}#${location.pointer}`,
        what,
        value,
        written: nodeAt(root, fromPointer(location.pointer)),
      },
    ];
  });
}

/** True where the written node is the value, or an intrinsic function that gives it. */
function shows(written: unknown, value: string): boolean {
  if (typeof written === 'object' && written !== null) {
    // What SAM takes out of an event is shown at the event, in which it is written, in any case.
    const text = JSON.stringify(written).toLowerCase();
    return (
      Object.keys(written).some((key) => key === 'Ref' || key.startsWith('Fn::')) ||
      [':', '[', ','].some((before) => text.includes(`${before}${JSON.stringify(value).toLowerCase()}`))
    );
  }
  // A threshold is shown with its operator.
  return (
    String(written) === value ||
    value.endsWith(`Threshold ${String(written)}`) ||
    value.endsWith(': no credential')
  );
}
