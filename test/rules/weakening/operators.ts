import { identityProperties } from '../../../src/graph/identities.ts';
import {
  isIntrinsic,
  isObject,
  namedIn,
  renamedIn,
  type Json,
  type JsonObject,
  type Site,
  type Template,
  type WrittenResource,
} from './template.ts';

/** A value that stands in place of another, and what has to be in the template for it. */
export interface Weakened {
  /** `undefined` takes the value away. */
  readonly by: Json | undefined;
  readonly resources?: Readonly<Record<string, WrittenResource>>;
}

/** A way to weaken values of a kind. */
export interface Operator {
  readonly id: string;
  /** What it does, for docs/mutations.md. */
  readonly does: string;
  /**
   * `needed`: where nothing passes once the value is taken away. `decisive`: there, and where nothing passes once
   * nobody knows the value. `any`: everywhere, since what it writes takes the effect of the resource away.
   */
  readonly where: 'needed' | 'decisive' | 'any';
  readonly weaken: (site: Site, template: Template) => readonly Weakened[];
}

const last = ({ steps }: Site): string => steps.at(-1) ?? '';
const property = ({ steps }: Site): string => steps.findLast((step) => !/^\d+$/.test(step)) ?? '';

/** Inside of a policy document: of a statement, whatever the property is called. */
const isInPolicy = ({ steps }: Site): boolean => steps.includes('Statement') || steps.includes('Policy');

const only = (by: Json | undefined): readonly Weakened[] => [{ by }];
const none: readonly Weakened[] = [];

/** Settings that come in pairs: what is on, and what is off. */
const offOf: Readonly<Record<string, string>> = {
  Enabled: 'Disabled',
  ENABLED: 'DISABLED',
  enabled: 'disabled',
  Active: 'PassThrough',
  ACTIVE: 'INACTIVE',
  Enforce: 'Warn',
  RUNNING: 'STOPPED',
  ON: 'OFF',
  true: 'false',
  false: 'true',
};

const negatedConditions: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringLike: 'StringNotLike',
  ArnEquals: 'ArnNotEquals',
  ArnLike: 'ArnNotLike',
  IpAddress: 'NotIpAddress',
  NumericEquals: 'NumericNotEquals',
};

const negatedElements: Readonly<Record<string, string>> = {
  Action: 'NotAction',
  Principal: 'NotPrincipal',
  Resource: 'NotResource',
};

const negations: Readonly<Record<string, string>> = {
  ...negatedConditions,
  ...Object.fromEntries(Object.entries(negatedConditions).map(([is, isNot]) => [isNot, is])),
};

const directions: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'LessThanThreshold',
  GreaterThanOrEqualToThreshold: 'LessThanOrEqualToThreshold',
  LessThanThreshold: 'GreaterThanThreshold',
  LessThanOrEqualToThreshold: 'GreaterThanOrEqualToThreshold',
};

/** The object with one key renamed, in its place. */
function renamedKey(value: JsonObject, from: string, to: string): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key === from ? to : key, part]));
}

const isStatement = (value: Json): value is JsonObject =>
  isObject(value) && (value['Effect'] === 'Allow' || value['Effect'] === 'Deny');

/** Another resource of a type, of which nothing is known but that it is there. */
function another({ Type, Condition }: WrittenResource): WrittenResource {
  return Condition === undefined ? { Type } : { Type, Condition };
}

/** Resources of the template that a value names. */
function targetsOf(
  { value }: Site,
  { Resources }: Template,
): readonly (readonly [string, WrittenResource])[] {
  if (!isIntrinsic(value)) return [];
  return [...new Set(namedIn(value))].flatMap((id) => {
    const resource = Resources[id];
    return resource === undefined ? [] : [[id, resource] as const];
  });
}

const isNamed = (site: Site, template: Template): boolean => {
  const { value } = site;
  return (
    typeof value === 'string' &&
    Object.values(template.Resources).some(({ Type, Properties = {} }) =>
      (identityProperties[Type] ?? []).some((name) => Properties[name] === value),
    )
  );
};

/** All operators; the order is that of docs/mutations.md. */
export const operators: readonly Operator[] = [
  {
    id: 'empty',
    does: 'an empty text, list or object in place of a value',
    where: 'needed',
    weaken: ({ value }) => {
      if (typeof value === 'string' || isIntrinsic(value)) return value === '' ? none : only('');
      if (Array.isArray(value)) return value.length === 0 ? none : only([]);
      return isObject(value) && Object.keys(value).length > 0 ? only({}) : none;
    },
  },
  {
    id: 'null',
    does: '`null` in place of a value',
    where: 'needed',
    weaken: ({ value }) => (value === null ? none : only(null)),
  },
  {
    id: 'no-value',
    does: '`AWS::NoValue` in place of a value',
    where: 'needed',
    weaken: () => only({ Ref: 'AWS::NoValue' }),
  },
  {
    id: 'list-of-nothing',
    does: 'a list of `AWS::NoValue` in place of a list',
    where: 'needed',
    weaken: ({ value }) =>
      Array.isArray(value) && value.length > 0 ? only([{ Ref: 'AWS::NoValue' }]) : none,
  },
  {
    id: 'disabled',
    does: 'the opposite of a switch: false, Disabled, DISABLED, PassThrough, Warn',
    where: 'decisive',
    weaken: ({ value }) => {
      if (typeof value === 'boolean') return only(!value);
      const off = typeof value === 'string' ? offOf[value] : undefined;
      return off === undefined ? none : only(off);
    },
  },
  {
    id: 'other-resource',
    does: 'a reference to another resource of the same type, of which nothing is set, or its name',
    where: 'decisive',
    weaken: (site, template) => {
      if (isNamed(site, template)) return only(`${String(site.value)}-other`);
      return targetsOf(site, template).map(([id, resource]) => ({
        by: renamedIn(site.value, id, `${id}Other`),
        resources: { [`${id}Other`]: another(resource) },
      }));
    },
  },
  {
    id: 'other-type',
    does: 'a reference to a resource of another type',
    where: 'decisive',
    weaken: (site, template) =>
      targetsOf(site, template).flatMap(([id, { Type }]) => {
        const type = Type === 'AWS::SSM::Parameter' ? 'AWS::Logs::LogGroup' : 'AWS::SSM::Parameter';
        return [
          {
            by: renamedIn(site.value, id, 'Elsewhere'),
            resources: { Elsewhere: { Type: type, Properties: { Type: 'String', Value: 'text' } } },
          },
        ];
      }),
  },
  {
    id: 'other-account',
    does: 'another account in a text or in place of `AWS::AccountId`',
    where: 'decisive',
    weaken: ({ value }) => {
      if (!isIntrinsic(value) && typeof value !== 'string') return none;
      const changed = inScope(value, 'AWS::AccountId', '999900001111', /\b\d{12}\b/g);
      return changed === undefined ? none : only(changed);
    },
  },
  {
    id: 'other-region',
    does: 'another Region in a text or in place of `AWS::Region`',
    where: 'decisive',
    weaken: ({ value }) => {
      if (!isIntrinsic(value) && typeof value !== 'string') return none;
      const changed = inScope(
        value,
        'AWS::Region',
        'ap-southeast-4',
        /\b(af|ap|ca|eu|me|sa|us)-(north|south|east|west|central|northeast|southeast)-\d\b/g,
      );
      return changed === undefined ? none : only(changed);
    },
  },
  {
    id: 'wildcard',
    does: '`*` in place of a text or reference in a policy',
    where: 'decisive',
    weaken: (site) => {
      const { value } = site;
      const isPattern =
        isInPolicy(site) || /^(Principal|SourceArn|SourceAccount|Action)$/.test(property(site));
      return isPattern && (typeof value === 'string' || isIntrinsic(value)) && value !== '*'
        ? only('*')
        : none;
    },
  },
  {
    id: 'negated',
    does: 'NotAction, NotPrincipal, NotResource, StringNotEquals and their like, NotStatement, anything-but',
    where: 'decisive',
    weaken: (site) => {
      const { value } = site;
      const inPattern = site.steps.includes('EventPattern') || site.steps.includes('FilterPattern');
      if (inPattern && Array.isArray(value) && value.every((item) => typeof item === 'string'))
        return only([{ 'anything-but': value }]);
      if (!isObject(value)) return none;
      if (last(site) === 'Statement' && !Array.isArray(value) && !('Effect' in value))
        return only({ NotStatement: { Statement: value } });
      return Object.keys(value).flatMap((key): readonly Weakened[] => {
        const to = isStatement(value)
          ? negatedElements[key]
          : last(site) === 'Condition'
            ? negations[key]
            : undefined;
        return to === undefined ? [] : [{ by: renamedKey(value, key, to) }];
      });
    },
  },
  {
    id: 'other-effect',
    does: 'Deny in place of Allow, Allow in place of Deny, or an effect that IAM does not know',
    where: 'decisive',
    weaken: ({ value }) =>
      isStatement(value)
        ? [value['Effect'] === 'Allow' ? 'Deny' : 'Allow', 'allow'].map((Effect) => ({
            by: { ...value, Effect },
          }))
        : none,
  },
  {
    id: 'if-exists',
    does: 'IfExists behind, or ForAllValues before a condition operator',
    where: 'decisive',
    weaken: (site) => {
      const { value } = site;
      if (last(site) !== 'Condition' || !isObject(value) || !isInPolicy(site)) return none;
      return Object.keys(value).flatMap((key) =>
        key === 'Null' || key.endsWith('IfExists')
          ? []
          : [
              { by: renamedKey(value, key, `${key}IfExists`) },
              { by: renamedKey(value, key, `ForAllValues:${key}`) },
            ],
      );
    },
  },
  {
    id: 'extra-condition',
    does: 'one more condition on a statement, which some requests do not meet',
    where: 'decisive',
    weaken: ({ value }) => {
      if (!isStatement(value)) return none;
      const condition = isObject(value['Condition']) ? value['Condition'] : {};
      return [
        { StringEquals: { 'aws:PrincipalTag/team': 'none' } },
        { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
      ].map((extra) => ({ by: { ...value, Condition: { ...condition, ...extra } } }));
    },
  },
  {
    id: 'other-action',
    does: 'an action that does something else',
    where: 'decisive',
    weaken: (site) => {
      const { value } = site;
      const isAction = property(site) === 'Action' && isInPolicy(site);
      if (!isAction || typeof value !== 'string') return none;
      const service = value === '*' ? 'ec2' : (value.split(':')[0] ?? '');
      return only(`${service}:ListTagsOfNothing`);
    },
  },
  {
    id: 'direction',
    does: 'an alarm that compares the other way',
    where: 'any',
    weaken: ({ value }) => {
      const other = typeof value === 'string' ? directions[value] : undefined;
      return other === undefined ? none : only(other);
    },
  },
  {
    id: 'below',
    does: '0 in place of a number',
    where: 'decisive',
    weaken: ({ value }) => (typeof value === 'number' && value > 0 ? only(0) : none),
  },
  {
    id: 'above',
    does: 'a billion in place of a number',
    where: 'decisive',
    weaken: ({ value }) => (typeof value === 'number' && value < 1e9 ? only(1e9) : none),
  },
  {
    id: 'qualifier',
    does: 'another version of a function',
    where: 'decisive',
    weaken: (site, template) =>
      targetsOf(site, template).flatMap(([id, { Type }]) =>
        Type !== 'AWS::Lambda::Function' || !isIntrinsic(site.value)
          ? []
          : [{ by: { 'Fn::Join': [':', [{ 'Fn::GetAtt': [id, 'Arn'] }, 'other']] } }],
      ),
  },
  {
    id: 'other-key',
    does: 'a key that AWS manages, or another key with the default policy',
    where: 'decisive',
    weaken: (site, template) => {
      const keys = targetsOf(site, template).filter(([, { Type }]) => Type === 'AWS::KMS::Key');
      const isKey = /(kms|encryptionkey|ssekms)/i.test(last(site)) && typeof site.value === 'string';
      if (keys.length === 0 && !isKey) return none;
      const aliases = ['alias/aws/sqs', 'alias/aws/lambda'].map((by) => ({ by }));
      return [
        ...aliases,
        ...keys.map(([id, key]) => ({
          by: renamedIn(site.value, id, 'OtherKey'),
          resources: { OtherKey: { ...key, Properties: { EnableKeyRotation: true } } },
        })),
      ];
    },
  },
];

/** The value in another account or Region; undefined where it names none. */
function inScope(value: Json, pseudo: string, to: string, written: RegExp): Json | undefined {
  const inText = (text: string): string => text.replaceAll(`\${${pseudo}}`, to).replaceAll(written, to);
  const walk = (part: Json): Json => {
    if (Array.isArray(part)) return part.map((item: Json) => walk(item));
    if (!isObject(part)) return typeof part === 'string' ? inText(part) : part;
    if (part['Ref'] === pseudo) return to;
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, key === 'Ref' ? item : walk(item)]),
    );
  };
  const changed = walk(value);
  return JSON.stringify(changed) === JSON.stringify(value) ? undefined : changed;
}
