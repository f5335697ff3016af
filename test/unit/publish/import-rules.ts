/** Whether a value is what Security Hub takes there. */
type Holds = (value: unknown) => boolean;

const text =
  (least: number, most: number, pattern = /[^\s]/): Holds =>
  (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most && pattern.test(value);
const oneOf =
  (...words: readonly string[]): Holds =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const list =
  (least: number, most: number, item: Holds): Holds =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(item);
const members =
  (required: Readonly<Record<string, Holds>>, optional: Readonly<Record<string, Holds>>): Holds =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(required).every(([name, holds]) => name in value && holds(memberOf(value, name))) &&
    Object.entries(optional).every(([name, holds]) => !(name in value) || holds(memberOf(value, name)));
const pairs =
  (most: number, key: number, length: number): Holds =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length <= most &&
    Object.entries(value).every((entry) => text(1, key)(entry[0]) && text(1, length)(entry[1]));

const time = text(20, 35, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
const severity = members(
  { Label: oneOf('INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL') },
  { Original: text(1, 64) },
);
const namespaces =
  'Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications';
const types = list(1, 50, text(1, 256, new RegExp(`^(${namespaces})(/[^/]+){0,2}$`)));

const required: Readonly<Record<string, Holds>> = {
  SchemaVersion: oneOf('2018-10-08'),
  Id: text(1, 512),
  ProductArn: text(12, 2048, /^arn:aws[a-z-]*:securityhub:/),
  GeneratorId: text(1, 512),
  AwsAccountId: text(12, 12, /^\d{12}$/),
  CreatedAt: time,
  UpdatedAt: time,
  Title: text(1, 256),
  Description: text(1, 1024),
  Resources: list(
    1,
    32,
    members({ Type: text(1, 256), Id: text(1, 512) }, { Partition: oneOf('aws', 'aws-cn', 'aws-us-gov') }),
  ),
};

const optional: Readonly<Record<string, Holds>> = {
  FirstObservedAt: time,
  LastObservedAt: time,
  ProductFields: pairs(50, 128, 2048),
  RecordState: oneOf('ACTIVE', 'ARCHIVED'),
  FindingProviderFields: members({}, { Severity: severity, Types: types }),
  Severity: severity,
  Types: types,
  Remediation: members({}, { Recommendation: members({}, { Text: text(1, 512), Url: text(1, 2048) }) }),
  Compliance: members(
    { Status: oneOf('PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE') },
    {
      RelatedRequirements: list(0, 32, text(1, 64)),
      AssociatedStandards: list(0, 20, members({ StandardsId: text(1, 512) }, {})),
      StatusReasons: list(0, 20, members({ ReasonCode: text(1, 128) }, { Description: text(1, 1024) })),
      SecurityControlId: text(1, 512),
    },
  ),
};

/** What BatchImportFindings can never change: the customer's. Severity and types belong in FindingProviderFields. */
const customers = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow', 'WorkflowState'];
const overwriting = ['Confidence', 'Criticality', 'RelatedFindings', 'Severity', 'Types'];

/**
 * The first documented rule that a finding breaks, written apart from `validateAsff`, which it proves: required
 * members, lengths, patterns, 240 KB, the caller's own account, Region and product. Headgate is held to one more: it
 * never sends what is the customer's.
 */
export function brokenRule(
  finding: object,
  { account, region }: { readonly account: string; readonly region: string },
): string | undefined {
  const meant = [...customers, ...overwriting].find((name) => name in finding);
  if (meant !== undefined) return `${meant} is the customer's`;
  if (Buffer.byteLength(JSON.stringify(finding)) > 240_000) return 'larger than 240 KB';
  for (const [name, holds] of Object.entries(required))
    if (!holds(memberOf(finding, name))) return `${name} is missing or not valid`;
  for (const [name, holds] of Object.entries(optional))
    if (name in finding && !holds(memberOf(finding, name))) return `${name} is not valid`;
  if (memberOf(finding, 'AwsAccountId') !== account) return 'the finding belongs to another account';
  const own = `:securityhub:${region}:${account}:product/${account}/default`;
  return String(memberOf(finding, 'ProductArn')).endsWith(own)
    ? undefined
    : 'ProductArn is not the account’s';
}

function memberOf(of: object, name: string): unknown {
  return (of as Record<string, unknown>)[name]; // read, and then checked
}
