/**
 * A second reading of IAM's documented evaluation logic, written apart from src/policy and for concrete
 * requests alone: a request in, a decision out. Tests hold the product against it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
 */
export interface ConcreteRequest {
  readonly principal:
    | { readonly type: 'anonymous' }
    | { readonly type: 'account'; readonly account: string; readonly arn: string }
    | { readonly type: 'service'; readonly name: string };
  readonly action: string;
  readonly resource: string;
  /** Keys in lower case; a key that is not here is absent. */
  readonly context: Readonly<Record<string, string>>;
}

type OneOrMore = string | readonly string[];
export interface WrittenStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, OneOrMore>>;
  readonly NotPrincipal?: Readonly<Record<string, OneOrMore>>;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

const list = (value: OneOrMore): readonly string[] => (typeof value === 'string' ? [value] : value);

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${[...pattern].map((c) => (c === '*' ? '[^]*' : c === '?' ? '[^]' : c.replace(/[\\^$.|+()[\]{}]/, String.raw`\$&`))).join('')}$`,
  );

/** Whether the statements allow the request: some Allow applies, and no Deny does. */
export function isAllowed(statements: readonly WrittenStatement[], request: ConcreteRequest): boolean {
  const applying = statements.filter((statement) => applies(statement, request));
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
}

/** Whether some Deny applies to the request. */
export function isDenied(statements: readonly WrittenStatement[], request: ConcreteRequest): boolean {
  return statements.some((statement) => statement.Effect === 'Deny' && applies(statement, request));
}

function applies(statement: WrittenStatement, request: ConcreteRequest): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  if (NotPrincipal !== undefined ? isNamed(NotPrincipal, request) : !isNamed(Principal ?? {}, request))
    return false;
  const inActions = list(NotAction ?? Action ?? []).some((pattern) =>
    glob(pattern.toLowerCase()).test(request.action.toLowerCase()),
  );
  if (NotAction !== undefined ? inActions : !inActions) return false;
  const inResources = list(NotResource ?? Resource ?? []).some((pattern) =>
    glob(pattern).test(request.resource),
  );
  if (NotResource !== undefined ? inResources : !inResources) return false;
  return Object.entries(Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, list(values), request.context[key.toLowerCase()]),
    ),
  );
}

function isNamed(
  principals: '*' | Readonly<Record<string, OneOrMore>>,
  { principal }: ConcreteRequest,
): boolean {
  if (principals === '*') return true;
  return Object.entries(principals).some(([kind, named]) =>
    list(named).some((name) => {
      if (kind === 'AWS')
        return (
          name === '*' ||
          (principal.type === 'account' &&
            [principal.arn, principal.account, `arn:aws:iam::${principal.account}:root`].includes(name))
        );
      return kind === 'Service' && principal.type === 'service' && (name === '*' || name === principal.name);
    }),
  );
}

function holds(operator: string, values: readonly string[], found: string | undefined): boolean {
  let name = operator;
  let ofNothing = false;
  if (name.startsWith('ForAllValues:')) {
    ofNothing = true;
    name = name.slice('ForAllValues:'.length);
  } else if (name.startsWith('ForAnyValue:')) name = name.slice('ForAnyValue:'.length);
  if (name === 'Null') return values.some((value) => (value === 'true') === (found === undefined));
  if (name.endsWith('IfExists')) {
    ofNothing = true;
    name = name.slice(0, -'IfExists'.length);
  }
  const isNegative = name.includes('Not');
  if (found === undefined) return ofNothing || isNegative;
  const hit = values.some((value) => isOne(name.replace('Not', ''), value, found));
  return isNegative ? !hit : hit;
}

function isOne(operator: string, value: string, found: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return value === found;
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return value.toLowerCase() === found.toLowerCase();
    case 'StringLike':
      return glob(value).test(found);
    case 'ArnEquals':
    case 'ArnLike':
      return arnFits(value, found);
    case 'IpAddress':
      return isWithin(found, value);
    default:
      throw new TypeError(`no operator ${operator}`);
  }
}

function arnFits(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const cut = (text: string): string[] => {
    const parts = text.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const [patterns, parts] = [cut(pattern), cut(arn)];
  return parts.every((part, index) => glob(patterns[index] ?? '').test(part));
}

// Of IPv6 the tests hold `::/0` and whole addresses alone.
function isWithin(address: string, range: string): boolean {
  if (address.includes(':') || range.includes(':')) return range === '::/0' && address.includes(':');
  const [base = '', bits = '32'] = range.split('/');
  const binary = (text: string): string =>
    text
      .split('.')
      .map((field) => Number(field).toString(2).padStart(8, '0'))
      .join('');
  return binary(address).startsWith(binary(base).slice(0, Number(bits)));
}
