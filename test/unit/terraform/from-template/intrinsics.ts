import type { MappedType } from '../../../../src/terraform/mapping/mapped-type.ts';
import { Blocks, Reference, Text, type Expression } from './expressions.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly Condition?: unknown;
}
export type TemplateResources = Readonly<Record<string, TemplateResource>>;

/** Why a template has no counterpart. */
export class NotConvertible extends Error {}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'orders',
  'AWS::StackId': 'arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/1',
};

/** Intrinsic functions of a template as expressions of Terraform. */
export class IntrinsicReader {
  /** Attributes that come from other resources of the template. */
  readonly changes: { on: string; attribute: string; value: Expression }[] = [];
  readonly #names = new Map<string, string>();

  constructor(
    readonly resources: TemplateResources,
    readonly outputs: Record<string, unknown>,
    readonly mainTypeOf: (type: string) => MappedType | undefined,
  ) {}

  /** A name as Terraform has them; two ids never share one. */
  nameOf(id: string): string {
    let name = this.#names.get(id);
    if (name !== undefined) return name;
    name = id
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/\W/g, '_')
      .toLowerCase();
    while ([...this.#names.values()].includes(name)) name = `${name}_2`;
    this.#names.set(id, name);
    return name;
  }

  expression(value: unknown): Expression {
    if (Array.isArray(value))
      return value.map((item) => this.expression(item)).filter((item) => item !== absent);
    if (typeof value !== 'object' || value === null) return value as Expression;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined && (only[0] === 'Ref' || only[0].startsWith('Fn::')))
      return this.#intrinsic(only[0], only[1]);
    return Object.fromEntries(
      entries
        .map(([name, item]) => [name, this.expression(item)] as const)
        .filter(([, item]) => item !== absent),
    );
  }

  #intrinsic(name: string, argument: unknown): Expression {
    if (name === 'Ref') return this.#ref(String(argument));
    if (name === 'Fn::GetAtt') {
      const [id = '', ...rest] = Array.isArray(argument)
        ? argument.map(String)
        : String(argument).split(/\.(.*)/s);
      return this.attribute(id, rest[0] ?? '');
    }
    if (name === 'Fn::Sub') return this.#sub(argument);
    if (name === 'Fn::Join' && Array.isArray(argument)) return this.#join(argument as [unknown, unknown]);
    if (name === 'Fn::ImportValue' && String(argument) in this.outputs)
      return this.expression(this.outputs[String(argument)]);
    throw new NotConvertible(name);
  }

  #ref(id: string): Expression {
    if (id === 'AWS::NoValue') return absent;
    const known = pseudo[id];
    return known ?? this.attribute(id, 'Ref');
  }

  /** What `Ref` or `Fn::GetAtt` of a resource is. */
  attribute(id: string, attribute: string): Expression {
    const resource = this.resources[id];
    if (resource === undefined) throw new NotConvertible('a parameter');
    if (resource.Type === 'AWS::Lambda::Version') {
      const on = this.functionOf(id);
      return new Reference(on, attribute === 'Version' ? 'version' : 'qualified_arn');
    }
    const mapped = this.mainTypeOf(resource.Type);
    if (mapped === undefined) throw new NotConvertible(`no type of Terraform for ${resource.Type}`);
    const found = Object.entries(mapped.ids ?? {}).find(([, meaning]) => meaning === attribute)?.[0];
    const row = mapped.rows.find(([, property]) => property === attribute)?.[0];
    const name = found ?? row ?? (attribute === 'Ref' ? 'id' : attribute === 'Arn' ? 'arn' : undefined);
    if (name === undefined) throw new NotConvertible(`${attribute} of ${resource.Type}`);
    return new Reference(`${mapped.terraform}.${this.nameOf(id)}`, name);
  }

  /** The function that a version is of. */
  functionOf(version: string): string {
    const properties = this.resources[version]?.Properties as Record<string, unknown> | undefined;
    const of = this.expression(properties?.['FunctionName'] ?? '');
    if (of instanceof Reference && of.address.startsWith('aws_lambda_function.')) return of.address;
    throw new NotConvertible('a version of a function that is elsewhere');
  }

  #join([delimiter, items]: [unknown, unknown]): Expression {
    const list = this.expression(items);
    if (!Array.isArray(list)) throw new NotConvertible('Fn::Join');
    const parts = (list as Expression[]).flatMap((item, index) =>
      index === 0 ? [item] : [String(delimiter), item],
    );
    return textOf(parts);
  }

  #sub(argument: unknown): Expression {
    const [text, variables] = Array.isArray(argument)
      ? (argument as [string, Record<string, unknown>])
      : [String(argument), {}];
    const parts = text.split(/(\$\{[^}]*\})/).map((piece): Expression => {
      if (!piece.startsWith('${')) return piece;
      const name = piece.slice(2, -1).trim();
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(variables, name)) return this.expression(variables[name]);
      if (!name.includes('.')) return this.#ref(name);
      const [id = '', attribute = ''] = name.split(/\.(.*)/s);
      return this.attribute(id, attribute);
    });
    return textOf(parts);
  }
}

/** Stands for `AWS::NoValue`, until what holds it is read. */
const absent: Expression = new Blocks([]);

function textOf(pieces: readonly Expression[]): Expression {
  const parts: (string | Reference)[] = [];
  for (const piece of pieces) {
    if (piece === absent) throw new NotConvertible('AWS::NoValue in a text');
    for (const part of piece instanceof Text ? piece.parts : [piece]) {
      if (part instanceof Reference) parts.push(part);
      else if (typeof part === 'object') throw new NotConvertible('a list in a text');
      else if (typeof parts.at(-1) === 'string') parts.push(`${String(parts.pop())}${String(part)}`);
      else if (part !== '') parts.push(String(part));
    }
  }
  const [only] = parts;
  if (parts.length === 0) return '';
  return parts.length === 1 && only !== undefined ? only : new Text(parts);
}
