import { scalarText } from '../model/scalar-text.ts';
import { member } from '../text/raw.ts';
import { isRawObject } from '../text/raw.ts';
import { managedPolicyPaths, rootManagedPolicies } from './managed-policies.ts';
import { policyTemplates } from './policy-templates.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, isMap, listOf, isNoValue, present, type Tree } from './tree.ts';

/** An AWS managed policy's ARN in a partition: the path is part of it. */
export function managedPolicy(path: string, partition: string): string {
  return `arn:${partition}:iam::aws:policy/${path}`;
}

/** What lets functions and state machines send traces; partitions beside `aws` have the newer policy alone. */
export function tracingPolicy(partition: string): string {
  return managedPolicy(
    partition === 'aws' ? 'AWSXrayWriteOnlyAccess' : 'AWSXRayDaemonWriteAccess',
    partition,
  );
}

/** A role's trust in one service. */
export function trustIn(service: string): Tree {
  return {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
  };
}

/** An inline policy with one statement. */
export function allow(name: string, action: unknown, resource: unknown): Tree {
  return {
    PolicyName: name,
    PolicyDocument: { Statement: [{ Action: action, Effect: 'Allow', Resource: resource }] },
  };
}

/** What a role is made of beside the `Policies` of its owner. */
export interface RoleParts {
  readonly managed: readonly unknown[];
  readonly inline: readonly Tree[];
  /** Which entry of the owner's `Policies` made a part: path in the role's properties, joined by NUL -> index. */
  readonly written?: ReadonlyMap<string, number>;
}

/** Adds the owner's `Policies`: managed ones by name or ARN, policy templates, and statements. */
export function withPolicies(
  roleId: string,
  written: unknown,
  parts: RoleParts,
  partition: string,
): RoleParts {
  const managed = [...parts.managed];
  const inline: Tree[] = [...parts.inline];
  const places = new Map<string, number>();
  for (const [index, entry] of listOf(written).entries()) {
    const converted = fromTemplates(entry, index);
    const isManaged = typeof converted === 'string' || isIntrinsic(converted);
    const path = isManaged ? `ManagedPolicyArns\0${managed.length}` : `Policies\0${inline.length}`;
    places.set(path, index).set(`${path}\0PolicyDocument`, index);
    if (isStatements(converted)) inline.push(named(`${roleId}Policy${index}`, converted));
    else if (isEitherStatements(converted)) inline.push(namedEither(`${roleId}Policy${index}`, converted));
    else if (typeof converted === 'string' || isIntrinsic(converted))
      addOnce(managed, managedArn(converted, partition));
    else {
      throw new SamProblem(`the policy at index ${index} of \`Policies\` is not valid`, [
        'Policies',
        scalarText(index),
      ]);
    }
  }
  return { managed, inline, written: places };
}

/** Where the parts of a role are written that come from its owner's `Policies`. */
export function policyPlaces(
  ownerId: string,
  written: unknown,
  parts: RoleParts,
): Record<string, (string | number)[]> {
  const at = ['Resources', ownerId, 'Properties', 'Policies'];
  const places = [...(parts.written ?? [])];
  return Object.fromEntries(
    places.map(([path, index]) => [path, Array.isArray(written) ? [...at, index] : at]),
  );
}

function addOnce(list: unknown[], value: unknown): void {
  if (!list.includes(value)) list.push(value);
}

/** Paths of AWS managed policies by their names. */
const knownPolicies: ReadonlyMap<string, string> = new Map([
  ...rootManagedPolicies.map((name): [string, string] => [name, name]),
  ...Object.entries(managedPolicyPaths).flatMap(([path, names]) =>
    names.map((name): [string, string] => [name, path + name]),
  ),
]);

function managedArn(entry: unknown, partition: string): unknown {
  if (typeof entry === 'string') {
    const path = knownPolicies.get(entry);
    return path === undefined ? entry : managedPolicy(path, partition);
  }
  const [condition, yes, no] = listOf(member(entry, 'Fn::If'));
  if (!isGiven(condition)) return entry;
  return { 'Fn::If': [condition, managedArn(yes, partition), managedArn(no, partition)] };
}

function isStatements(entry: unknown): entry is Tree {
  return isMap(entry) && Object.hasOwn(entry, 'Statement');
}

function isEitherStatements(entry: unknown): entry is Tree {
  const branches = member(entry, 'Fn::If');
  return Array.isArray(branches) && branches.slice(1).some((branch) => isStatements(branch));
}

function named(name: string, document: Tree): Tree {
  return { PolicyName: name, PolicyDocument: document };
}

function namedEither(name: string, either: Tree): Tree {
  const [condition, yes, no] = listOf(either['Fn::If']);
  const wrap = (branch: unknown): unknown => (isStatements(branch) ? named(name, branch) : branch);
  return { 'Fn::If': [condition, wrap(yes), wrap(no)] };
}

function policyKind(entry: unknown): string {
  if (isStatements(entry)) return 'statements';
  return isMap(entry) ? 'template' : 'managed';
}

/** A policy template as its statements, in the branches of a condition too. */
function fromTemplates(entry: unknown, index: number): unknown {
  if (!isRawObject(entry)) return entry;
  const either = entry['Fn::If'];
  if (Array.isArray(either) && either.length === 3) {
    const [condition, yes, no] = either as unknown[];
    if (!isNoValue(yes) && !isNoValue(no) && policyKind(yes) !== policyKind(no)) {
      throw new SamProblem(
        `the branches of \`Fn::If\` at index ${index} of \`Policies\` are of different types; use a separate \`Fn::If\` for each`,
        ['Policies', scalarText(index)],
      );
    }
    return { 'Fn::If': [condition, fromTemplates(yes, index), fromTemplates(no, index)] };
  }
  const [name] = Object.keys(entry);
  if (name === undefined || isIntrinsic(entry) || isStatements(entry)) return entry;
  if (Object.keys(entry).length > 1) {
    throw new SamProblem(
      `the policy at index ${index} of \`Policies\` is not valid; use a separate entry for each policy template`,
      ['Policies', scalarText(index)],
    );
  }
  const template = Object.hasOwn(policyTemplates, name) ? policyTemplates[name] : undefined;
  if (template === undefined) {
    throw new SamProblem(
      `the policy at index ${index} of \`Policies\` is neither statements nor a known policy template: \`${name}\``,
      ['Policies', scalarText(index)],
    );
  }
  return { Statement: filled(template.statements, parametersFor(name, template.parameters, entry[name])) };
}

function parametersFor(name: string, wanted: readonly string[], given: unknown): Tree {
  if (isGiven(given) && !isRawObject(given)) {
    throw new SamProblem(`policy template \`${name}\` takes a map of parameters`, ['Policies']);
  }
  const missing = wanted.filter((parameter) => !isGiven(member(given, parameter)));
  if (missing.length > 0) {
    const words = missing.map((parameter) => `\`${parameter}\``).join(', ');
    throw new SamProblem(`policy template \`${name}\` needs ${words}; add what is missing`, ['Policies']);
  }
  return isRawObject(given) ? given : {};
}

function filled(tree: unknown, values: Tree): unknown {
  if (Array.isArray(tree)) return tree.map((item) => filled(item, values));
  if (!isRawObject(tree)) return tree;
  const name = tree['Ref'];
  if (typeof name === 'string' && Object.hasOwn(values, name)) return values[name];
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, filled(value, values)]));
}

/** A role resource. */
export function roleResource(parts: RoleParts, others: Tree, attributes: Tree): Tree {
  return {
    Type: 'AWS::IAM::Role',
    ...attributes,
    Properties: present({
      ...others,
      ...(parts.managed.length > 0 ? { ManagedPolicyArns: parts.managed } : {}),
      Policies: parts.inline.length > 0 ? parts.inline : undefined,
    }),
  };
}
