import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountReading } from '../../src/account/collect-account.ts';
import { decodeSnapshot, encodeSnapshot } from '../../src/account/snapshot.ts';
import { decideReading } from '../../src/app/scan.ts';
import { credentialRanges } from '../../src/evaluate/credentials.ts';
import { holdsSecret, literalKind } from '../../src/model/secret-properties.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { renderReport, reportFormats } from '../../src/report/render.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';

/**
 * More by hand, in parts where a machine is shared:
 * HEADGATE_TEMPLATES=2000 HEADGATE_TEMPLATES_FROM=2001 npm run jest -- test/property/secrets
 */
const templates = Number(process.env['HEADGATE_TEMPLATES'] ?? 150);
const firstSeed = Number(process.env['HEADGATE_TEMPLATES_FROM'] ?? 1);
const accounts = Math.ceil(templates / 3);

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
interface Written {
  readonly Type: string;
  readonly Properties?: Json;
}

/** Repeatable numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** What stands beside the examples: properties that no rule asks for, and that hold secrets. */
const keepers: Readonly<Record<string, Written>> = {
  KeepConnection: {
    Type: 'AWS::Events::Connection',
    Properties: {
      AuthorizationType: 'BASIC',
      AuthParameters: {
        BasicAuthParameters: { Username: 'u', Password: 'p' },
        InvocationHttpParameters: { HeaderParameters: [{ Key: 'k', Value: 'v' }] },
      },
    },
  },
  KeepFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111122223333:role/r',
      Code: { ZipFile: 'exports' },
      Environment: {
        Variables: { TABLE: 'orders', DB_PASSWORD: 'x', URL: 'https://a.example.com', TOKEN: 't' },
      },
    },
  },
  KeepRule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: { source: ['a'] },
      Targets: [
        {
          Id: 'a',
          Arn: 'arn:aws:sqs:eu-west-1:111122223333:q',
          Input: '{"a":"b"}',
          HttpParameters: { HeaderParameters: { A: 'b' } },
        },
      ],
    },
  },
  KeepMachine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      RoleArn: 'arn:aws:iam::111122223333:role/r',
      Definition: {
        StartAt: 'A',
        States: {
          A: {
            Type: 'Task',
            Resource: 'arn:aws:states:::http:invoke',
            Parameters: { Headers: { Authorization: 'x' } },
            End: true,
          },
        },
      },
    },
  },
  KeepDistribution: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Enabled: true,
        Origins: [
          {
            Id: 'o',
            DomainName: 'a.example.com',
            OriginCustomHeaders: [{ HeaderName: 'X-Key', HeaderValue: 'v' }],
          },
        ],
      },
    },
  },
  KeepDatabase: { Type: 'AWS::RDS::DBInstance', Properties: { MasterUserPassword: 'x' } },
  KeepSecret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'x' } },
  KeepParameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } },
  KeepKey: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Value: 'x' } },
  KeepClient: {
    Type: 'AWS::Cognito::UserPoolIdentityProvider',
    Properties: { ProviderDetails: { client_secret: 'x' } },
  },
};

/** A template of which many texts are unique, and where each of these stands; `never` for what a NoEcho parameter holds. */
class Generated {
  readonly places = new Map<string, string>();
  readonly template: { Parameters: Record<string, Json>; Resources: Record<string, Json> } = {
    Parameters: {},
    Resources: {},
  };

  constructor(
    source: Readonly<Record<string, Written>>,
    readonly random: () => number,
    readonly share: number,
    /** An account has no parameters and no functions: what these stand for is a text. */
    readonly isAccount = false,
  ) {
    for (const [id, { Properties = {}, ...resource }] of Object.entries({ ...source, ...keepers }))
      this.template.Resources[id] = {
        ...(resource as Record<string, Json>),
        Properties: this.mark(Properties, resource.Type, []),
      };
  }

  mark(value: Json, type: string, path: readonly string[]): Json {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.mark(item, type, path));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value as Readonly<Record<string, Json>>);
      const isFunction = entries.length === 1 && /^(Ref|Condition|Fn::)/.test(entries[0]?.[0] ?? '');
      if (isFunction) return this.isAccount ? 'arn:aws:lambda:eu-west-1:111122223333:function:orders' : value;
      return Object.fromEntries(entries.map(([key, item]) => [key, this.mark(item, type, [...path, key])]));
    }
    if (typeof value !== 'string' || this.random() > this.share) return value;
    const token = this.token();
    if (this.random() < 0.2 && !this.isAccount) return this.throughParameter(token);
    this.places.set(token, `${type} ${path.join('.')}`);
    const shape = this.random();
    if (shape < 0.15) return `https://user:${token}@host.example.com/x`;
    // Text behind an ARN is part of a name, whatever the variable is called.
    return shape < 0.3 && !value.startsWith('arn:') ? `${value} ${token}` : token;
  }

  token(): string {
    const letters = Array.from({ length: 14 }, () => Math.floor(this.random() * 36).toString(36)).join('');
    return `Zq${letters}`;
  }

  /** A NoEcho parameter, and a text that a function builds of it. */
  throughParameter(token: string): Json {
    const name = `P${this.places.size}`;
    this.places.set(token, 'never');
    this.template.Parameters[name] = { Type: 'String', NoEcho: true, Default: token };
    const ref = { Ref: name };
    const forms: readonly Json[] = [
      ref,
      { 'Fn::Sub': `a \${${name}} b` },
      { 'Fn::Join': ['/', ['x', ref, 'y']] },
      { 'Fn::Select': [1, { 'Fn::Split': ['|', { 'Fn::Sub': `q|\${${name}}|r` }] }] },
      { 'Fn::Select': [0, { 'Fn::Split': ['-', ref] }] },
      { 'Fn::Base64': ref },
    ];
    this.places.set(Buffer.from(token).toString('base64'), 'never');
    return forms[Math.floor(this.random() * forms.length)] ?? ref;
  }
}

let ruleSet: RuleSet;
let sources: readonly Readonly<Record<string, Written>>[];
let allowed: (place: string) => boolean;

beforeAll(async () => {
  const shipped = await shippedRules();
  ruleSet = applySettings(shipped, {});
  sources = shipped.rules.flatMap(({ examples }) =>
    examples.flatMap(({ template }) => {
      const resources = (template as { readonly Resources?: Record<string, Written> } | undefined)?.Resources;
      return resources === undefined ? [] : [resources];
    }),
  );
  const list = readFileSync(join(import.meta.dirname ?? 'test/property', 'shown-properties.txt'), 'utf8');
  const lines = list.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const members = new Set(lines);
  const endings = lines.flatMap((line) => (line.startsWith('*') ? [line.slice(1)] : []));
  allowed = (place) => {
    const [type = '', written = ''] = place.split(' ');
    const path = written.split('.');
    const last = path.at(-1) ?? '';
    const isListed =
      members.has(last) ||
      path.includes('Statement') ||
      path.includes('EventPattern') ||
      path.includes('FilterPolicy') ||
      endings.some((end) => last.endsWith(end));
    return isListed && !holdsSecret(type, path);
  };
});

function scan(template: object): ScanResult {
  return decide(readTemplateObject(template, 'template', {}));
}

function decide(reading: Parameters<typeof decideReading>[0]): ScanResult {
  return decideReading(reading, {
    ruleSet,
    version: '0',
    now: new Date('2026-11-23T00:00:00Z'),
    detail: 'all',
  });
}

/** The resources of a template as those of an account, in a snapshot that is not packed. */
function snapshotOf({ template }: Generated): Uint8Array {
  const { resources } = readTemplateObject(template, 'template', {});
  const [account, region] = ['111122223333', 'eu-west-1'];
  const scope = `${account}/${region}`;
  const reading: AccountReading = {
    ...{ account, partition: 'aws', regions: [region] },
    completeness: { complete: true, nothing: false, scopes: [] },
    resources: resources
      .filter(({ type }) => type.startsWith('AWS::'))
      .map(({ type, name, properties }) => {
        const id = `${type}|${account}|${region}|${name}`;
        return {
          id,
          type,
          name,
          scope,
          account,
          region,
          properties,
          locate: () => ({ kind: 'live', id }) as never,
        };
      }),
    inputs: [{ name: account, kind: 'account', resources: resources.length }],
    ...{ incomplete: [], diagnostics: [], skipped: [], calls: [], suppressions: [] },
    positions: () => undefined,
    documents: new Map(),
  };
  return encodeSnapshot(reading, {
    takenAt: new Date(0),
    version: '0',
    key: Buffer.alloc(32, 7),
    findSecrets: (name, text) => credentialRanges(name, text, ruleSet.data.credentials),
    compress: false,
  });
}

/** Places whose texts stand in a report, each with the formats that show it. */
async function shownPlaces(
  result: ScanResult,
  places: Generated['places'],
  isWhole: boolean,
): Promise<Map<string, Set<string>>> {
  const shown = new Map<string, Set<string>>();
  // Every format is rendered from the JSON contract, so that the others are asked of some.
  for (const { name: format } of isWhole ? reportFormats : ([{ name: 'json' }] as const)) {
    const text = await renderReport(format, result, {
      account: '111122223333',
      region: 'eu-west-1',
      profile: 'full',
    });
    for (const [token, place] of places) {
      if (!text.includes(token)) continue;
      shown.set(place, (shown.get(place) ?? new Set()).add(format));
    }
  }
  return shown;
}

function generate(seed: number, isAccount: boolean): Generated {
  const random = numbers(seed);
  const source = sources[Math.floor(random() * sources.length)] ?? {};
  return new Generated(source, random, 0.2 + 0.8 * random(), isAccount);
}

const oneOf = Number(process.env['HEADGATE_WHOLE_ONE_OF'] ?? 2);
const isWhole = (seed: number): boolean => seed % oneOf === 0;

describe('secrets', () => {
  it(
    `stand in no format: of ${templates} generated templates only properties of the list are shown`,
    async () => {
      const wrong = new Map<string, string>();
      for (let seed = firstSeed; seed < firstSeed + templates; seed++) {
        const { template, places } = generate(seed, false);
        for (const [place, formats] of await shownPlaces(scan(template), places, isWhole(seed)))
          if (!allowed(place) && !wrong.has(place))
            wrong.set(place, `seed ${seed}: ${[...formats].join(' ')}`);
      }
      expect(Object.fromEntries(wrong)).toEqual({});
    },
    Math.max(120_000, templates * 3_000),
  );

  it(
    `stand in no snapshot, and in no format made of one: ${accounts} generated accounts`,
    async () => {
      const wrong = new Map<string, string>();
      for (let seed = firstSeed; seed < firstSeed + accounts; seed++) {
        const generated = generate(seed, true);
        const bytes = snapshotOf(generated);
        const text = Buffer.from(bytes).toString();
        for (const [token, place] of generated.places)
          if (isKept(place) && text.includes(token)) wrong.set(place, `seed ${seed}: snapshot`);
        const result = decide(decodeSnapshot(bytes, 'account.ndjson'));
        for (const [place, formats] of await shownPlaces(result, generated.places, isWhole(seed)))
          if (!allowed(place) && !wrong.has(place))
            wrong.set(place, `seed ${seed}: ${[...formats].join(' ')}`);
      }
      expect(Object.fromEntries(wrong)).toEqual({});
    },
    Math.max(120_000, templates * 3_000),
  );
});

/** True for a place of which a snapshot keeps the secret: by its nature, or by the name that its user gave it. */
function isKept(place: string): boolean {
  const [type = '', written = ''] = place.split(' ');
  const path = written.split('.');
  return literalKind(type, path) === 'secret' || /Variables\.(DB_PASSWORD|TOKEN)$/.test(written);
}
