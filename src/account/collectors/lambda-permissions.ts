import type { Found } from '../collector.ts';

/** Condition key, in lower case -> property of a permission that says the same. */
const conditionProperties: Readonly<Record<string, string>> = {
  'aws:sourcearn': 'SourceArn',
  'aws:sourceaccount': 'SourceAccount',
  'aws:principalorgid': 'PrincipalOrgID',
  'lambda:eventsourcetoken': 'EventSourceToken',
  'lambda:functionurlauthtype': 'FunctionUrlAuthType',
  'lambda:invokedviafunctionurl': 'InvokedViaFunctionUrl',
};

/**
 * The policy of a function or alias as the permissions that it was built from. Statements that no
 * permission can say (denials, several actions, other conditions) stay together as one resource policy.
 */
export function permissionsOf(document: unknown, functionArn: string): Found[] {
  const found: Found[] = [];
  const others: unknown[] = [];
  if (document === undefined) return [];
  // A document that is no object is handed on whole, for whoever reads policies to call malformed.
  if (!isRecord(document)) return [resourcePolicy(functionArn, document)];
  for (const statement of statementsOf(document)) {
    const properties = permissionProperties(statement, functionArn);
    if (properties === undefined) {
      others.push(statement);
      continue;
    }
    const sid = typeof statement.Sid === 'string' ? statement.Sid : String(found.length);
    found.push({ type: 'AWS::Lambda::Permission', name: sid, key: `${functionArn}|${sid}`, properties });
  }
  if (others.length > 0)
    found.push(resourcePolicy(functionArn, { Version: '2012-10-17', Statement: others }));
  return found;
}

function resourcePolicy(ResourceArn: string, PolicyDocument: unknown): Found {
  return {
    type: 'AWS::Lambda::ResourcePolicy',
    name: ResourceArn.split(':').slice(6).join(':'),
    properties: { ResourceArn, PolicyDocument },
  };
}

type Statement = Readonly<Record<string, unknown>>;

function statementsOf({ Statement: statements }: Statement): readonly Statement[] {
  return (Array.isArray(statements) ? statements : [statements]).filter(isRecord);
}

function permissionProperties(
  statement: Statement,
  functionArn: string,
): Record<string, unknown> | undefined {
  const { Sid, Effect, Principal, Action, Resource, Condition = {}, ...rest } = statement;
  const principal = soleMember(Principal);
  const isSimple =
    Effect === 'Allow' &&
    typeof Action === 'string' &&
    principal !== undefined &&
    Object.keys(rest).length === 0;
  if (!isSimple || !isRecord(Condition)) return undefined;
  const properties: Record<string, unknown> = {
    Id: Sid,
    FunctionName: typeof Resource === 'string' ? Resource : functionArn,
    Action,
    Principal: principal,
  };
  for (const [operator, keys] of Object.entries(Condition)) {
    if (!isRecord(keys) || !/^(Arn(Like|Equals)|String(Equals|Like)|Bool)$/.test(operator)) return undefined;
    for (const [key, value] of Object.entries(keys)) {
      const property = conditionProperties[key.toLowerCase()];
      if (property === undefined || typeof value !== 'string' || property in properties) return undefined;
      properties[property] = value;
    }
  }
  return properties;
}

/** `*`, `{Service: x}` or `{AWS: x}` as the text that a permission has for it. */
function soleMember(principal: unknown): string | undefined {
  if (typeof principal === 'string') return principal;
  if (!isRecord(principal)) return undefined;
  const [value, ...more] = Object.values(principal);
  return typeof value === 'string' && more.length === 0 ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
