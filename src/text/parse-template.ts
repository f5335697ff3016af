import { fromPointer, type Location } from '../model/location.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import type { Path } from '../model/value.ts';
import { countKeys, findJsonError, outlineJson, spanJson, type JsonOutline } from './json-text.ts';
import { isRawObject, type RawObject } from './raw.ts';
import { decodeText, SourceText } from './source-text.ts';
import { childSpan, rangeOf, type Span } from './span.ts';
import { depthLimit, TemplateSyntaxError, type DuplicateKey } from './syntax-error.ts';
import { parseYaml } from './yaml-text.ts';

/** Where a resource that the template does not write out comes from. */
export interface ResourceOrigin {
  /** JSON pointer of the place that it was derived from. */
  readonly pointer: string;
  /** True when its properties do not stand below that place one to one. */
  readonly generated: boolean;
  /** Mappings below which its properties may be written, the nearest first. */
  readonly bases?: readonly PropertyBase[];
  /** What properties are called there: path with dots (empty for the whole resource) -> paths with dots, the likeliest first. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** JSON pointers of the places that single properties stand at, by their path joined by NUL. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A mapping of properties in a file, and another that gives what the first one lacks. */
export interface PropertyBase {
  readonly own: Path;
  readonly shared?: Path;
  /** Members of `shared` that do not count. */
  readonly except?: readonly string[];
  /** True where a property of the same name is another one. */
  readonly onlyRenamed?: boolean;
}

/** A file's data as written, intrinsic functions in their long form, with positions and what is wrong with it. */
export interface ParsedTemplate {
  /** Relative to the scan's working directory, with forward slashes. */
  readonly file: string;
  /** Undefined when the text could not be read as a mapping; the diagnostics say why. */
  readonly root?: RawObject;
  /** What the text holds, a mapping or not; undefined when it is not well-formed. */
  readonly value?: unknown;
  readonly format: 'json' | 'yaml' | 'object';
  readonly diagnostics: readonly SourceDiagnostic[];
  /** Resources that a transform derived, by logical id. */
  readonly origins?: ReadonlyMap<string, ResourceOrigin>;
  /** Text behind the positions; absent for a template that was handed over as an object. */
  readonly source?: SourceText;
  /** Span of the node at a pointer, or of its nearest ancestor that is written out. */
  span(pointer: string): Span | undefined;
  /** Position of the node at a pointer, or of its nearest ancestor that is written out (then its key). */
  locate(pointer: string, target?: 'key' | 'value'): Location | undefined;
}

/** Reads JSON or YAML by its first character. Never throws for what the text holds. */
export function parseTemplateText(input: string | Uint8Array, file: string): ParsedTemplate {
  const text = typeof input === 'string' ? stripMark(input) : decodeText(input);
  const source = new SourceText(text);
  try {
    const start = text.search(/\S/);
    if (start === -1) throw new TemplateSyntaxError('syntax', 'the file is empty', 0);
    const first = text.charAt(start);
    return first === '{' || first === '[' ? fromJson(source, file) : fromYaml(source, file);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    return failed(source, file, error);
  }
}

/** Wraps a template that is held in memory; it has no positions. */
export function parseTemplateObject(template: unknown, name: string): ParsedTemplate {
  const nowhere = (): undefined => undefined;
  const base = { file: name, format: 'object' as const, diagnostics: [], span: nowhere, locate: nowhere };
  return isRawObject(template) ? { ...base, root: template, value: template } : base;
}

function stripMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function fromJson(source: SourceText, file: string): ParsedTemplate {
  let root: unknown;
  try {
    root = JSON.parse(source.text);
  } catch {
    // A YAML file may start with a flow mapping, whatever it is called; a quoted first key is JSON's.
    if (/\.ya?ml$/i.test(file) || !/^\s*(?:\{\s*["}]|\[)/.test(source.text)) return fromYaml(source, file);
    throw findJsonError(source.text);
  }
  const outline = outlineJson(source.text);
  if (outline.depth > depthLimit) throw findJsonError(source.text);
  const duplicates: DuplicateKey[] = [];
  if (countKeys(root) !== outline.keys) spanJson(source.text, 0, (found) => duplicates.push(found));
  const find = isRawObject(root)
    ? lazySpans(source, outline)
    : (segments: readonly string[]): FoundSpan => descend(spanJson(source.text), segments);
  return document(source, file, 'json', root, duplicateDiagnostics(duplicates, source, file), find);
}

/** Looks spans up by the outline and reads a member's inside only when a pointer leads there. */
function lazySpans(source: SourceText, outline: JsonOutline): (segments: readonly string[]) => FoundSpan {
  const inside = new Map<Span, Span>();
  const root: Span = {
    keyStart: 0,
    keyEnd: 0,
    start: 0,
    end: source.text.length,
    children: outline.sections,
  };
  const expand = (span: Span): Span => {
    let full = inside.get(span);
    if (full === undefined) {
      full = { ...span, ...childrenOf(spanJson(source.text, span.start)) };
      inside.set(span, full);
    }
    return full;
  };
  return (segments) => {
    const [section, name] = segments;
    const member = childSpan(childSpan(root, section ?? '') ?? root, name ?? '');
    const outlined = section === undefined || name === undefined || member !== undefined;
    if (outlined && segments.length <= 2) return descend(root, segments);
    if (member === undefined) {
      const top = childSpan(root, section ?? '');
      return top === undefined ? descend(root, segments) : descend(expand(top), segments.slice(1), 1);
    }
    return descend(expand(member), segments.slice(2), 2);
  };
}

function childrenOf(span: Span): Pick<Span, 'children'> {
  return span.children === undefined ? {} : { children: span.children };
}

function fromYaml(source: SourceText, file: string): ParsedTemplate {
  const tree = parseYaml(source.text);
  const diagnostics = duplicateDiagnostics(tree.duplicates, source, file);
  for (const { tag, offset } of tree.unknownTags) {
    diagnostics.push(
      diagnosticAt(
        source,
        file,
        offset,
        'unknown-tag',
        'warning',
        `unknown tag \`${tag}\`; its value is taken as unresolved`,
      ),
    );
  }
  if (tree.documents > 1) {
    diagnostics.push(
      diagnosticAt(
        source,
        file,
        0,
        'several-documents',
        'warning',
        'the file holds several YAML documents; only the first is read',
      ),
    );
  }
  return document(source, file, 'yaml', tree.value, diagnostics, (segments) => descend(tree.span, segments));
}

interface FoundSpan {
  readonly span: Span;
  /** How many segments of the pointer led to it. */
  readonly depth: number;
}

function descend(from: Span, segments: readonly string[], skipped = 0): FoundSpan {
  let span = from;
  let depth = 0;
  for (const segment of segments) {
    const next = childSpan(span, segment);
    if (next === undefined) break;
    span = next;
    depth++;
  }
  return { span, depth: depth + skipped };
}

function document(
  source: SourceText,
  file: string,
  format: 'json' | 'yaml',
  root: unknown,
  diagnostics: SourceDiagnostic[],
  find: (segments: readonly string[]) => FoundSpan,
): ParsedTemplate {
  const locate = (pointer: string, target: 'key' | 'value' = 'value'): Location => {
    const segments = fromPointer(pointer);
    const found = find(segments);
    const exact = found.depth === segments.length;
    if (found.depth === 0) return locationOf(source, file, pointer, firstLine(source));
    return locationOf(source, file, pointer, rangeOf(found.span, exact ? target : 'key'));
  };
  const span = (pointer: string): Span => find(fromPointer(pointer)).span;
  const base = { file, format, value: root, source, diagnostics, locate, span };
  if (isRawObject(root)) return { ...base, root };
  const wrong = diagnosticAt(
    source,
    file,
    0,
    'not-a-mapping',
    'error',
    'the file does not hold a mapping at its top',
  );
  return { ...base, diagnostics: [...diagnostics, wrong] };
}

/** The whole file is shown by its first line that holds anything. */
function firstLine(source: SourceText): { start: number; end: number } {
  const start = Math.max(0, source.text.search(/\S/));
  const rest = source.text.slice(start, start + 200).search(/[\r\n]/);
  return { start, end: rest === -1 ? Math.min(source.text.length, start + 200) : start + rest };
}

function locationOf(
  source: SourceText,
  file: string,
  pointer: string,
  range: { readonly start: number; readonly end: number },
): Location {
  const start = source.position(range.start);
  const end = source.position(range.end);
  return {
    file,
    pointer,
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** A diagnostic about the text at an offset; `where` is `file:line:column`. */
function diagnosticAt(
  source: SourceText,
  file: string,
  offset: number,
  code: string,
  severity: SourceDiagnostic['severity'],
  message: string,
): SourceDiagnostic {
  const location = locationOf(source, file, '', { start: offset, end: offset });
  const where = `${file}:${location.startLine}:${location.startColumn}`;
  return { code, severity, message, where, location, affects: ['*'] };
}

function duplicateDiagnostics(
  duplicates: readonly DuplicateKey[],
  source: SourceText,
  file: string,
): SourceDiagnostic[] {
  return duplicates.map(({ key, offset }) =>
    diagnosticAt(
      source,
      file,
      offset,
      'duplicate-key',
      'warning',
      `key \`${key}\` occurs twice in one mapping; the last one counts`,
    ),
  );
}

const syntaxCodes = {
  syntax: 'template-syntax',
  'too-deep': 'template-too-deep',
  'alias-limit': 'template-alias-limit',
};

function failed(source: SourceText, file: string, error: TemplateSyntaxError): ParsedTemplate {
  const found = diagnosticAt(
    source,
    file,
    error.offset,
    syntaxCodes[error.code],
    'error',
    `cannot read the template: ${error.message}`,
  );
  const nowhere = (): undefined => undefined;
  return { file, format: 'yaml', source, diagnostics: [found], span: nowhere, locate: nowhere };
}
