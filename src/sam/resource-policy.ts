import { scalarText } from '../model/scalar-text.ts';
import { isRawObject } from '../text/raw.ts';
import { methodKey, type ApiDocument } from './api-document.ts';
import { SamDocumentProblem } from './problem.ts';
import { isGiven, isIntrinsic, isTruthy, listOf, sub, type Tree } from './tree.ts';

/** Where a policy applies: a path, its methods or one of them, in a stage. */
export interface PolicyPlace {
  readonly path: string;
  readonly stageName: unknown;
}

const policyKey = 'x-amazon-apigateway-policy';

/** Statements of `Auth.ResourcePolicy` for all methods of a path. */
export function addResourcePolicy(document: ApiDocument, written: unknown, place: PolicyPlace): void {
  if (!isTruthy(written)) return;
  if (!isRawObject(written)) {
    throw new SamDocumentProblem(
      '`ResourcePolicy` must be a map',
      document.pointer.replace(/DefinitionBody$/, 'Auth'),
    );
  }
  const resources = resourceList(document, place);
  addStatements(document, accountStatements(written, resources));
  addStatements(document, rangeStatements(written, resources));
  addStatements(document, networkStatements(document, written, resources));
}

/** `CustomStatements`, once for the API. */
export function addCustomStatements(document: ApiDocument, written: unknown): void {
  if (!isRawObject(written)) return;
  const statements = written['CustomStatements'];
  addStatements(document, listOf(statements) as Tree[], Array.isArray(statements)); // as written
}

function addStatements(document: ApiDocument, statements: readonly Tree[], isList = false): void {
  if (statements.length === 0) return;
  const policy = document.body[policyKey];
  const known = isRawObject(policy) ? listOf(policy['Statement']) : [];
  const seen = new Set(known.map((statement) => JSON.stringify(statement)));
  const fresh = statements.filter((statement) => {
    const text = JSON.stringify(statement);
    return !seen.has(text) && seen.add(text);
  });
  const all = [...known, ...fresh];
  document.body[policyKey] = { Version: '2012-10-17', Statement: all.length === 1 && !isList ? all[0] : all };
}

function resourceList(document: ApiDocument, { path, stageName }: PolicyPlace): Tree[] {
  const plain = path.replace(/\{[^}]*\}/g, '*');
  const methods = document.items(path).flatMap((item) => Object.keys(item));
  const names = methods.map((name) =>
    methodKey(name) === 'x-amazon-apigateway-any-method' ? '*' : name.toUpperCase(),
  );
  return names.map((name) => sub(`execute-api:/\${__Stage__}/${name}${plain}`, { __Stage__: stageName }));
}

function statement(effect: string, resources: unknown, others: Tree): Tree {
  return { Effect: effect, Action: 'execute-api:Invoke', Resource: resources, Principal: '*', ...others };
}

function accountStatements(policy: Tree, resources: readonly Tree[]): Tree[] {
  const of = (effect: string, accounts: unknown): Tree[] =>
    isTruthy(accounts) ? [statement(effect, resources, { Principal: { AWS: listOf(accounts) } })] : [];
  return [...of('Allow', policy['AwsAccountWhitelist']), ...of('Deny', policy['AwsAccountBlacklist'])];
}

function rangeStatements(policy: Tree, resources: readonly Tree[]): Tree[] {
  const of = (operator: string, ranges: unknown): Tree[] =>
    isTruthy(ranges) ? restricted(resources, operator, { 'aws:SourceIp': listOf(ranges) }) : [];
  return [...of('NotIpAddress', policy['IpRangeWhitelist']), ...of('IpAddress', policy['IpRangeBlacklist'])];
}

/** Everything is allowed, apart from what the condition finds. */
function restricted(resources: readonly Tree[], operator: string, keys: Tree): Tree[] {
  return [
    statement('Allow', resources, {}),
    statement('Deny', resources, { Condition: { [operator]: keys } }),
  ];
}

function networkStatements(document: ApiDocument, policy: Tree, resources: readonly Tree[]): Tree[] {
  const of = (operator: string, side: string): Tree[] => {
    const simple = policy[`SourceVpc${side}`];
    checkStrings(document, simple, side);
    const networks = [...listOf(policy[`IntrinsicVpc${side}`])];
    const endpoints = [...listOf(policy[`IntrinsicVpce${side}`])];
    for (const name of listOf(simple)) {
      const isEndpoint = /^vpce-/.test(scalarText(name));
      if (isEndpoint) endpoints.push(name);
      else if (/^vpc-/.test(scalarText(name))) networks.push(name);
    }
    const keys: Tree = {
      ...(networks.length > 0 ? { 'aws:SourceVpc': networks } : {}),
      ...(endpoints.length > 0 ? { 'aws:SourceVpce': endpoints } : {}),
    };
    return isTruthy(keys) ? restricted(resources, operator, keys) : [];
  };
  return [...of('StringNotEquals', 'Whitelist'), ...of('StringEquals', 'Blacklist')];
}

function checkStrings(document: ApiDocument, written: unknown, side: string): void {
  if (!isGiven(written)) return;
  if (Array.isArray(written) && written.every((item) => typeof item === 'string' && !isIntrinsic(item)))
    return;
  throw new SamDocumentProblem(
    `\`SourceVpc${side}\` must be a list of strings; use \`IntrinsicVpc${side}\` for values with intrinsic functions`,
    document.pointer.replace(/DefinitionBody$/, 'Auth'),
  );
}
