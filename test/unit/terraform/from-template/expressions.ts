/** A value of a configuration: JSON, with what refers to other resources in it. */
export type Expression =
  string | number | boolean | null | Reference | Text | Encoded | Blocks | readonly Expression[] | Members;

/** An object of expressions. An alias cannot name itself here, and a record is preferred to a signature. */
export interface Members {
  readonly [name: string]: Expression;
}

/** An attribute of another resource. */
export class Reference {
  constructor(
    readonly address: string,
    readonly attribute: string,
  ) {}

  toString(): string {
    return `${this.address}.${this.attribute}`;
  }
}

/** A text with references in it. */
export class Text {
  constructor(readonly parts: readonly (string | Reference)[]) {}
}

/** `jsonencode` of a value. */
export class Encoded {
  constructor(readonly value: Expression) {}
}

/** Blocks of one name. */
export class Blocks {
  constructor(readonly items: Record<string, Expression>[]) {}
}

/** A resource of a configuration. */
export interface Block {
  readonly type: string;
  readonly name: string;
  readonly attributes: Record<string, Expression>;
}

/** A configuration, and what of the template it does not have. */
export interface Configuration {
  readonly blocks: readonly Block[];
  /** Properties for which no row is there, as `TYPE PROPERTY.PATH`. */
  readonly lost: readonly string[];
}

export const addressOf = ({ type, name }: Block): string => `${type}.${name}`;

export function isObject(value: unknown): value is Members {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(
      value instanceof Reference ||
      value instanceof Text ||
      value instanceof Encoded ||
      value instanceof Blocks
    )
  );
}

export function isList(value: Expression): value is readonly Expression[] {
  return Array.isArray(value);
}

/** What an expression refers to. */
export function referencesOf(value: Expression): readonly Reference[] {
  if (value instanceof Reference) return [value];
  if (value instanceof Text)
    return value.parts.filter((part): part is Reference => part instanceof Reference);
  if (value instanceof Encoded) return referencesOf(value.value);
  if (value instanceof Blocks) return value.items.flatMap((item) => referencesOf(item));
  if (isList(value)) return value.flatMap(referencesOf);
  return isObject(value) ? Object.values(value).flatMap(referencesOf) : [];
}
