/** How values are written into a text. */
export interface WritingStyle {
  readonly format: 'json' | 'yaml';
  /** Line break of the text around. */
  readonly newline: string;
  /** One step of indentation. */
  readonly unit: string;
  /** `!Ref` rather than `Ref:`. */
  readonly isShort: boolean;
  /** JSON without any space. */
  readonly isCompact: boolean;
}

type Json = unknown;

/** A value inside brackets, on one line. */
export function writeFlow(value: Json, style: WritingStyle): string {
  const { format, isCompact } = style;
  const [comma, colon] = isCompact ? [',', ':'] : [', ', ': '];
  if (Array.isArray(value)) return `[${value.map((item) => writeFlow(item, style)).join(comma)}]`;
  if (isObject(value)) {
    const short = format === 'yaml' ? shortForm(value, style) : undefined;
    if (short !== undefined) return short;
    const members = Object.entries(value).map(
      ([key, item]) => `${writeKey(key, style)}${colon}${writeFlow(item, style)}`,
    );
    return `{${members.join(comma)}}`;
  }
  return writeScalar(value, style);
}

/** A value over several lines of JSON, of which the first stands behind its key. */
export function writeJsonLines(value: Json, indent: string, style: WritingStyle): string {
  const inner = `${indent}${style.unit}`;
  const { newline } = style;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (Array.isArray(value) && !isEmpty)
    return `[${newline}${value.map((item) => `${inner}${writeJsonLines(item, inner, style)}`).join(`,${newline}`)}${newline}${indent}]`;
  if (isObject(value) && !isEmpty) {
    const members = Object.entries(value).map(
      ([key, item]) => `${inner}${JSON.stringify(key)}: ${writeJsonLines(item, inner, style)}`,
    );
    return `{${newline}${members.join(`,${newline}`)}${newline}${indent}}`;
  }
  return JSON.stringify(value);
}

/** Members of a mapping in YAML's indented form, one string a line, the first without indentation of its own. */
export function writeBlockMembers(
  members: Readonly<Record<string, Json>>,
  indent: string,
  style: WritingStyle,
): string {
  return Object.entries(members)
    .map(([key, value]) => `${writeKey(key, style)}:${writeBlockValue(value, indent, style)}`)
    .join(`${style.newline}${indent}`);
}

/** What follows the colon of a key that stands at `indent`: a space and the value, or lines below. */
export function writeBlockValue(value: Json, indent: string, style: WritingStyle): string {
  const inner = `${indent}${style.unit}`;
  const { newline } = style;
  if (isInline(value, style)) return ` ${writeFlow(value, style)}`;
  if (Array.isArray(value))
    return value.map((item) => `${newline}${inner}- ${writeItem(item, inner, style)}`).join('');
  return `${newline}${inner}${writeBlockMembers(value as Record<string, Json>, inner, style)}`;
}

/** An item of a list in YAML's indented form, behind its dash that stands at `indent`. */
export function writeItem(value: Json, indent: string, style: WritingStyle): string {
  if (isInline(value, style)) return writeFlow(value, style);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return writeFlow(value, style);
  return writeBlockMembers(value as Record<string, Json>, inner, style);
}

function isInline(value: Json, style: WritingStyle): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  const members = value as Record<string, Json>;
  return Object.keys(members).length === 0 || shortForm(members, style) !== undefined;
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `!Ref Queue`, `!GetAtt Queue.Arn` and `!Sub text`; other functions are written in their long form. */
function shortForm(value: Readonly<Record<string, Json>>, style: WritingStyle): string | undefined {
  if (!style.isShort) return undefined;
  const [only, second] = Object.entries(value);
  if (only === undefined || second !== undefined) return undefined;
  const [key, argument] = only;
  if (key === 'Ref' && typeof argument === 'string') return `!Ref ${writeScalar(argument, style)}`;
  if (key === 'Fn::Sub' && typeof argument === 'string') return `!Sub ${writeScalar(argument, style)}`;
  if (key === 'Fn::GetAtt' && Array.isArray(argument) && argument.every((part) => typeof part === 'string'))
    return `!GetAtt ${writeScalar(argument.join('.'), style)}`;
  return undefined;
}

function writeKey(key: string, style: WritingStyle): string {
  return style.format === 'json' ? JSON.stringify(key) : writeScalar(key, style);
}

/** A scalar; a text keeps the quotes that it replaces. */
export function writeScalar(
  value: Json,
  { format }: Pick<WritingStyle, 'format'>,
  quote?: '"' | "'",
): string {
  if (quote !== undefined || format === 'json') {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (quote === undefined) return JSON.stringify(value);
    if (quote === "'" && !/[\n\r]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
    return JSON.stringify(text);
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  if (isPlain(value)) return value;
  // A line break has no place in single quotes.
  return /[\p{Cc}\u2028\u2029]/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

/** Texts that need no quotes and that no reader of YAML takes for something else. */
function isPlain(text: string): boolean {
  if (/^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text)) return false;
  return /^[A-Za-z][\w./:+-]*(?: [\w./+-][\w./:+-]*)*$/.test(text) && !/:(?: |$)/.test(text);
}
