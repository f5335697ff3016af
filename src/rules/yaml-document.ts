import { distance } from 'fastest-levenshtein';
import {
  LineCounter,
  isMap,
  isNode,
  isScalar,
  parseDocument,
  visit,
  type ScalarTag,
  type CollectionTag,
} from 'yaml';
import { HeadgateError, type FileProblem } from '../model/headgate-error.ts';
import { nearest } from './nearest.ts';
import type { SchemaProblem } from './validators.ts';

/** A parsed YAML file that can say where each value stands. */
export interface YamlDocument {
  readonly file: string;
  readonly value: unknown;
  /** Position of the value at a path (or of its key), or of its nearest written parent; 1-based. */
  place(
    path: readonly (string | number)[],
    part?: 'key' | 'value',
  ): { readonly line: number; readonly column: number };
}

const intrinsics =
  'Base64 Cidr FindInMap GetAZs GetAtt If And Or Not Equals ImportValue Join Length Select Split Sub ToJsonString Transform'.split(
    ' ',
  );

function longForm(name: string, value: unknown): object {
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}

// Examples inside rule files may be written as templates are, with short intrinsic forms.
const shortForms: (ScalarTag | CollectionTag)[] = ['Ref', 'Condition', ...intrinsics].flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => longForm(name, text) } as ScalarTag,
  ...(['seq', 'map'] as const).map(
    (collection) =>
      ({
        tag: `!${name}`,
        collection,
        resolve: (node: unknown) => ({
          toJSON: () => longForm(name, JSON.parse(JSON.stringify(node)) as unknown),
        }),
      }) as unknown as CollectionTag, // yaml types a tag's result as a node; toJS only needs toJSON
  ),
]);

/** More syntax errors than these follow from each other. */
const shownErrors = 20;

/**
 * Parses a YAML file of our own kinds (rules, configuration, waivers).
 * @throws HeadgateError `yaml-invalid`, with the syntax errors of the file.
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const lines = new LineCounter();
  const document = documentOf(text, file, lines);
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, shownErrors).map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      // What follows a colon quotes the file, which may be another one than was meant.
      return { line, column: col, message: error.message.split(/ at line|: /)[0] ?? error.code };
    });
    throw invalid(file, problems, document.errors.length - problems.length);
  }
  const value = valueOf(document, file);
  const repeated = repeatedKeys(document).slice(0, shownErrors);
  if (repeated.length > 0) {
    const problems = repeated.map((offset) => {
      const { line, col } = lines.linePos(offset);
      return { line, column: col, message: 'Map keys must be unique' };
    });
    throw invalid(file, problems, 0);
  }
  return {
    file,
    value,
    place(path, part = 'value') {
      if (part === 'key') {
        const parent = document.getIn(path.slice(0, -1), true);
        const key = isMap(parent)
          ? parent.items.map((item) => item.key).find((item) => isScalar(item) && item.value === path.at(-1))
          : undefined;
        if (isScalar(key) && key.range) {
          const { line, col } = lines.linePos(key.range[0]);
          return { line, column: col };
        }
      }
      for (let length = path.length; length >= 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) {
          const { line, col } = lines.linePos(node.range[0]);
          return { line, column: col };
        }
      }
      return { line: 1, column: 1 };
    },
  };
}

function invalid(file: string, problems: readonly FileProblem[], left: number): HeadgateError {
  const lines = [...problems.map((each) => lineOf(file, each)), ...(left > 0 ? [`and ${left} more`] : [])];
  return new HeadgateError(
    'yaml-invalid',
    `The file is not valid YAML; correct it.\n${lines.join('\n')}`,
    { file },
    { problems },
  );
}

function lineOf(file: string, { line, column, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Brackets that may be open at once; the parser's time grows with more than the square of them. */
const openBracketsLimit = 500;

function documentOf(text: string, file: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> {
  if (openBrackets(text) > openBracketsLimit) throw tooDeep(file);
  try {
    return parseDocument(text, {
      lineCounter,
      customTags: shortForms,
      version: '1.2',
      // Each would quote its line, which is quadratic where many stand on one, and shows what nobody asked to see.
      prettyErrors: false,
      // Looked for below: the parser compares each key with all before it.
      uniqueKeys: false,
    });
  } catch (cause) {
    throw tooDeep(file, cause);
  }
}

/** Offsets of keys that stand twice in one mapping. */
function repeatedKeys(document: ReturnType<typeof parseDocument>): number[] {
  const found: number[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found;
}

function tooDeep(file: string, cause?: unknown): HeadgateError {
  return new HeadgateError(
    'yaml-invalid',
    'The file was not read: it is nested too deep.',
    { file },
    { cause },
  );
}

/** How many brackets are open at most, those in texts included. */
function openBrackets(text: string): number {
  let [open, most] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 91 || code === 123) most = Math.max(most, ++open);
    else if ((code === 93 || code === 125) && open > 0) open--;
  }
  return most;
}

/** Plain data of a document. Aliases that multiply are refused before they are expanded. */
function valueOf(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null)) as unknown;
  } catch (cause) {
    const aliases = cause instanceof ReferenceError;
    if (!aliases) throw tooDeep(file, cause);
    const why = 'its aliases add too many values, or lead to no anchor';
    throw new HeadgateError('yaml-invalid', `The file was not read: ${why}.`, { file }, { cause });
  }
}

function pathOf(instancePath: string): (string | number)[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[segment];
  }
  return current;
}

/** Words that have left the language of rules, and what takes their place. */
const formerWords: Readonly<Record<string, string>> = {
  condition:
    'it looked only at the key of a condition; `admits` and `denies` evaluate policies with operators and values',
};

/** True where the file has the shape of ours: only then may its content stand in an error. */
function isOurs(root: unknown, words: readonly string[]): boolean {
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return false;
  // Any file may name its schema.
  const keys = Object.keys(root).filter((key) => key !== '$schema' && !key.startsWith('x-'));
  const known = keys.filter((key) => words.includes(key) || key === 'waivers' || isSlipOf(words, key));
  return known.length > 0 && known.length * 2 >= keys.length;
}

/** True for a word of ours with one letter too many, too few or another one, or in another case. */
function isSlipOf(words: readonly string[], key: string): boolean {
  return key.length > 3 && words.some((word) => distance(word.toLowerCase(), key.toLowerCase()) <= 1);
}

/** What stands at a place, without its content. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

function explain(problem: SchemaProblem, found: unknown, schemaWords: readonly string[]): string {
  const params = problem.params as Record<string, unknown>;
  if (problem.keyword === 'additionalProperties') {
    const word = String(params['additionalProperty']);
    const former = formerWords[word];
    if (former !== undefined) return `\`${word}\` is no longer a key: ${former}`;
    if (schemaWords.includes(word)) return `\`${word}\` is not a key of this mapping`;
    const meant = nearest(word, schemaWords);
    return `\`${word}\` is not a known key${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`;
  }
  if (problem.keyword === 'enum') {
    const allowed = (params['allowedValues'] as unknown[]).map(String);
    // An object may have a member called toString, which is no function.
    const isText = typeof found !== 'object' || found === null;
    const meant = isText ? nearest(String(found), allowed) : undefined;
    const hint = meant === undefined ? `; use one of ${allowed.join(', ')}` : `; did you mean \`${meant}\`?`;
    return `${isText ? `\`${String(found)}\`` : kindOf(found)} is not allowed${hint}`;
  }
  if (problem.keyword === 'required') return `\`${String(params['missingProperty'])}\` is missing`;
  const shown = JSON.stringify(found);
  return `${problem.message ?? 'is invalid'}, but \`${shown === undefined ? 'nothing' : shown.slice(0, 60)}\` stands here`;
}

/** What is wrong with a file: each problem at its place, and as the lines of a message. */
export interface DescribedProblems {
  readonly problems: readonly FileProblem[];
  /** `file:line:column: pointer: what is wrong`. */
  readonly lines: readonly string[];
}

/** What a schema finds wrong with a file, nearest valid word included. */
export function describeProblems(
  document: YamlDocument,
  problems: readonly SchemaProblem[],
  words: readonly string[],
): DescribedProblems {
  // anyOf and its members repeat one mistake; the deepest places say it best.
  const alternatives = new Set(['const', 'type', 'anyOf']);
  // Each is held against the others and looked up in the document.
  const looked = problems.slice(0, 10 * shownErrors);
  const deepest = looked.filter(
    (problem, _index, all) =>
      problem.keyword !== 'anyOf' &&
      !(
        alternatives.has(problem.keyword) &&
        all.some((other) => other.instancePath.startsWith(`${problem.instancePath}/`))
      ),
  );
  if (!isOurs(document.value, words)) {
    const expected = problems.find(({ keyword }) => keyword === 'required')?.params as
      { readonly missingProperty?: string } | undefined;
    const hint = expected?.missingProperty === undefined ? '' : ` with \`${expected.missingProperty}\``;
    const message = `a mapping${hint} is expected, but ${kindOf(document.value)} of another kind is here`;
    const whole = { line: 1, column: 1, message };
    return { problems: [whole], lines: [lineOf(document.file, whole)] };
  }
  const found = (deepest.length > 0 ? deepest : looked).map((problem) => {
    const path = pathOf(problem.instancePath);
    const params = problem.params as Record<string, unknown>;
    const key = params['additionalProperty'];
    const { line, column } =
      typeof key === 'string' ? document.place([...path, key], 'key') : document.place(path);
    const where = path.length === 0 ? '' : `${path.join('.')}: `;
    return { line, column, message: `${where}${explain(problem, valueAt(document.value, path), words)}` };
  });
  found.sort((a, b) => a.line - b.line || a.column - b.column);
  const byLine = new Map(found.map((each) => [lineOf(document.file, each), each]));
  const isCut = byLine.size > 5 * shownErrors || looked.length < problems.length;
  const lines = [...byLine.keys()].slice(0, isCut ? 5 * shownErrors : undefined);
  return {
    problems: [...byLine.values()].slice(0, lines.length),
    lines: isCut ? [...lines, 'and more'] : lines,
  };
}
