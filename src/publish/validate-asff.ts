/** One limit of the format that a finding breaks. */
export interface AsffProblem {
  /** Dotted path, e.g. `Compliance.StatusReasons[0].ReasonCode`. */
  readonly path: string;
  /** For people, without a final full stop. */
  readonly message: string;
}

type Shape = TextShape | ListShape | ObjectShape | MapShape;
interface TextShape {
  readonly text: { readonly least: number; readonly most: number };
  readonly pattern?: RegExp;
  readonly says?: string;
}
interface ListShape {
  readonly list: Shape;
  readonly most: number;
}
interface ObjectShape {
  readonly members: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}
interface MapShape {
  readonly keys: TextShape;
  readonly values: TextShape;
  readonly most: number;
}

const text = (most: number, pattern?: RegExp, says?: string, least = 1): TextShape => ({
  text: { least, most },
  ...(pattern === undefined ? {} : { pattern, says: says ?? '' }),
});
const words = (...values: readonly string[]): TextShape =>
  text(64, new RegExp(`^(?:${values.join('|')})$`), `is none of ${values.join(', ')}`);
const time = text(
  64,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/,
  'is not an RFC 3339 time',
);
const findingType = text(
  256,
  /^(?:Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(?:\/[^/]+){0,2}$/,
  'is not `namespace/category/classifier`',
);
const identifier = text(512);
const longText = text(2048);

const resource: ObjectShape = {
  required: ['Type', 'Id'],
  members: {
    Type: text(256),
    Id: identifier,
    Partition: words('aws', 'aws-cn', 'aws-us-gov'),
    Region: text(16),
  },
};

const compliance: ObjectShape = {
  required: ['Status'],
  members: {
    Status: words('PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE'),
    SecurityControlId: identifier,
    RelatedRequirements: { list: text(64), most: 32 },
    AssociatedStandards: {
      list: { required: ['StandardsId'], members: { StandardsId: identifier } },
      most: 20,
    },
    StatusReasons: {
      list: {
        required: ['ReasonCode'],
        members: {
          ReasonCode: text(128, /^[A-Z0-9_]+$/, 'must contain only capital letters, digits and underscores'),
          Description: text(1024),
        },
      },
      most: 20,
    },
  },
};

const recommendation: ObjectShape = {
  required: [],
  members: { Text: text(512), Url: text(2048, /^https?:\/\/\S+$/, 'is not an http or https URL') },
};

const providerFields: ObjectShape = {
  required: ['Severity', 'Types'],
  members: {
    Severity: {
      required: ['Label'],
      members: {
        Label: words('INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
        Original: text(64),
      },
    },
    Types: { list: findingType, most: 50 },
  },
};

/**
 * What Headgate sends, and nothing else: top-level Severity, Types, Confidence, Criticality and
 * RelatedFindings would overwrite what the customer set; Workflow, Note, UserDefinedFields and
 * VerificationState are the customer's own.
 * Sources: AwsSecurityFinding of the Security Hub API 2018-10-08, and the user guide's pages on
 * BatchImportFindings; read 2026-11-23. Where neither states a length, the bound is Headgate's own.
 */
const finding: ObjectShape = {
  required: [
    'SchemaVersion',
    'Id',
    'ProductArn',
    'GeneratorId',
    'AwsAccountId',
    'CreatedAt',
    'UpdatedAt',
    'Title',
    'Description',
    'Resources',
    'FindingProviderFields',
  ],
  members: {
    SchemaVersion: words('2018-10-08'),
    Id: identifier,
    ProductArn: text(
      2048,
      /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:\d{12}:product\/[^/\s]+\/[^/\s]+$/,
      'is not a product ARN',
      12,
    ),
    ProductName: text(128),
    CompanyName: text(128),
    Region: text(16, /^[a-z0-9-]+$/, 'is not a Region'),
    GeneratorId: identifier,
    AwsAccountId: text(12, /^\d{12}$/, 'is not 12 digits', 12),
    FirstObservedAt: time,
    LastObservedAt: time,
    CreatedAt: time,
    UpdatedAt: time,
    Title: text(256),
    Description: text(1024),
    Remediation: { required: [], members: { Recommendation: recommendation } },
    ProductFields: { keys: text(128), values: longText, most: 50 },
    Resources: { list: resource, most: 32 },
    Compliance: compliance,
    RecordState: words('ACTIVE', 'ARCHIVED'),
    FindingProviderFields: providerFields,
  },
};

/** The limits of the format that a finding breaks; none where Security Hub takes it. Linear in its size. */
export function validateAsff(value: unknown): readonly AsffProblem[] {
  const problems: AsffProblem[] = [];
  check(value, finding, '', problems);
  if (problems.length === 0) checkOwner(value as OwnedFinding, problems); // every member has its shape by now
  return problems;
}

/**
 * The part of a finding that Headgate wrote, where Security Hub hands it back with members of its own
 * and of the customer: those must not be imported again.
 */
export function ownMembers(value: unknown): unknown {
  return keep(value, finding);
}

function keep(value: unknown, shape: Shape): unknown {
  if ('list' in shape) return Array.isArray(value) ? value.map((item) => keep(item, shape.list)) : value;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  if ('members' in shape)
    return Object.fromEntries(
      entries.flatMap(([name, member]) => {
        const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
        return known === undefined ? [] : [[name, keep(member, known)]];
      }),
    );
  return Object.fromEntries(entries.filter(([name]) => name.startsWith('headgate/')));
}

interface OwnedFinding {
  readonly ProductArn: string;
  readonly AwsAccountId: string;
  readonly Region?: string;
}

// With the default product ARN only the account itself may import, in its own Region.
function checkOwner({ ProductArn, AwsAccountId, Region }: OwnedFinding, problems: AsffProblem[]): void {
  const [, , , region, account] = ProductArn.split(':');
  if (account !== AwsAccountId)
    problems.push({ path: 'ProductArn', message: 'has a different account than AwsAccountId' });
  if (Region !== undefined && region !== Region)
    problems.push({ path: 'ProductArn', message: 'has a different Region than the member Region' });
}

function check(value: unknown, shape: Shape, path: string, problems: AsffProblem[]): void {
  if ('text' in shape) checkText(value, shape, path, problems);
  else if ('list' in shape) checkList(value, shape, path, problems);
  else if ('members' in shape) checkMembers(value, shape, path, problems);
  else checkMap(value, shape, path, problems);
}

function checkText(
  value: unknown,
  { text: { least, most }, pattern, says }: TextShape,
  path: string,
  problems: AsffProblem[],
): void {
  const report = (message: string): void => void problems.push({ path, message });
  if (typeof value !== 'string') report('is not a string');
  else if (value.trim() === '') report('is blank');
  else if (codePoints(value) > most) report(`has ${codePoints(value)} characters, the maximum is ${most}`);
  else if (codePoints(value) < least) report(`has fewer than ${least} characters`);
  else if (/[\ud800-\udfff]/u.test(value)) report('has an incomplete Unicode character');
  else if (pattern?.test(value) === false) report(says ?? '');
}

function codePoints(value: string): number {
  return Array.from(value).length;
}

function checkList(value: unknown, { list, most }: ListShape, path: string, problems: AsffProblem[]): void {
  if (!Array.isArray(value)) problems.push({ path, message: 'is not a list' });
  else if (value.length === 0) problems.push({ path, message: 'is empty' });
  else if (value.length > most)
    problems.push({ path, message: `has more than ${most} items (${value.length})` });
  else value.forEach((item: unknown, index) => check(item, list, `${path}[${index}]`, problems));
}

function checkMembers(value: unknown, shape: ObjectShape, path: string, problems: AsffProblem[]): void {
  if (!isObject(value)) {
    problems.push({ path: path === '' ? '(finding)' : path, message: 'is not an object' });
    return;
  }
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of shape.required)
    if (value[name] === undefined) problems.push({ path: inside(name), message: 'is missing' });
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    if (known === undefined)
      problems.push({ path: inside(name), message: 'is not a member that Headgate can set' });
    else if (member !== undefined) check(member, known, inside(name), problems);
  }
}

function checkMap(
  value: unknown,
  { keys, values, most }: MapShape,
  path: string,
  problems: AsffProblem[],
): void {
  if (!isObject(value)) {
    problems.push({ path, message: 'is not an object' });
    return;
  }
  const entries = Object.entries(value);
  if (entries.length > most)
    problems.push({ path, message: `has more than ${most} entries (${entries.length})` });
  for (const [key, entry] of entries) {
    checkText(key, keys, `${path} key`, problems);
    checkText(entry, values, `${path}.${key}`, problems);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
