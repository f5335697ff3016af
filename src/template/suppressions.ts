import type { SourceDiagnostic, SourceSuppression } from '../model/source.ts';
import type { Acknowledgement } from './construct-metadata.ts';
import { ignoreMarker, parseIgnoreWish, type IgnoreWish } from '../text/ignore-comment.ts';
import { peerMarkers, peerWishes } from '../text/peer-comment.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import type { TextRange, Span } from '../text/span.ts';
import type { Stack } from './stack.ts';
import type { TemplateResource } from './template-resource.ts';

/** Characters of a comment that are read. */
const commentLimit = 2000;

/** Wishes for silence on a stack's resources: its template's comments and Metadata, and CDK acknowledgements. */
export function readSuppressions(stack: Stack): SourceSuppression[] {
  return [
    ...commentSuppressions(stack),
    ...stack.resources.flatMap((resource) => metadataSuppressions(resource, stack)),
    ...(stack.options.acknowledgements ?? []).flatMap((written) => acknowledged(stack, written)),
  ];
}

/** Comments that stand at no resource silence nothing, which their author should know. */
export function looseComments(stack: Stack): SourceDiagnostic[] {
  const idAt = logicalIds(stack.parsed);
  const loose = readComments(stack.parsed)
    .filter((comment) => comment.source === 'comment' && idAt(comment.target) === undefined)
    .map(({ line, ruleId }): SourceDiagnostic => ({
      code: 'suppression-unattached',
      severity: 'warning',
      message: `the comment that ignores \`${ruleId}\` has no effect: it is not on a resource`,
      where: `${stack.parsed.file}:${line}:1`,
      affects: [],
    }));
  return [...loose, ...misspeltComments(stack.parsed)];
}

/** What somebody may have meant as `# headgate:ignore <rule>`. */
const misspelt =
  /#[\t ]{0,20}headgate[\t ]{0,20}[:\-_ ]?[\t ]{0,20}(?:ignore[sd]?|skip|suppress|disable)(?![A-Za-z])[^\r\n]{0,200}/gi;

function misspeltComments(parsed: ParsedTemplate): SourceDiagnostic[] {
  const text = parsed.format === 'yaml' ? parsed.source?.text : undefined;
  if (text === undefined) return [];
  const inside = textSpans(parsed);
  const found: SourceDiagnostic[] = [];
  for (const { 0: written, index } of text.matchAll(misspelt)) {
    if (/^#\s*headgate:ignore\s+\S/.test(written) || inside(index)) continue;
    const line = parsed.source?.position(index).line ?? 1;
    found.push({
      code: 'suppression-malformed',
      severity: 'warning',
      message: `the comment \`${written.trim().slice(0, 80)}\` has no effect; write \`# headgate:ignore <rule-id> <reason>\``,
      where: `${parsed.file}:${line}:1`,
      affects: [],
    });
  }
  return found;
}

interface IgnoreComment extends IgnoreWish {
  readonly source: 'comment' | 'peer';
  readonly line: number;
  /** Offset of the first character of what the comment is about. */
  readonly target: number;
}

function commentSuppressions(stack: Stack): SourceSuppression[] {
  const idAt = logicalIds(stack.parsed);
  const comments = readComments(stack.parsed);
  const resources = new Map(
    comments.length === 0 ? [] : stack.resources.map((resource) => [resource.logicalId, resource]),
  );
  return comments.flatMap(({ target, line, ...wish }) => {
    const resource = resources.get(idAt(target) ?? '');
    return resource === undefined
      ? []
      : [{ ...wish, resourceId: resource.id, file: stack.parsed.file, line }];
  });
}

/** The comments of a file, which several stacks may be made of. */
const comments = new WeakMap<ParsedTemplate, IgnoreComment[]>();

function readComments(parsed: ParsedTemplate): IgnoreComment[] {
  const text = parsed.format === 'yaml' ? parsed.source?.text : undefined;
  if (text === undefined) return [];
  const known = comments.get(parsed);
  if (known !== undefined) return known;
  const found: IgnoreComment[] = [];
  const inside = textSpans(parsed);
  for (const marker of [ignoreMarker, ...peerMarkers]) {
    const place = { parsed, inside, next: contentStarts(text) };
    for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length))
      found.push(...readComment(text, at, marker, place));
  }
  comments.set(parsed, found);
  return found;
}

interface CommentPlace {
  readonly parsed: ParsedTemplate;
  readonly inside: (offset: number) => boolean;
  readonly next: (offset: number) => number;
}

function readComment(
  text: string,
  at: number,
  marker: string,
  { parsed, inside, next }: CommentPlace,
): IgnoreComment[] {
  const line = parsed.source?.position(at).line ?? 1;
  const lineStart = parsed.source?.lineStart(line) ?? 0;
  const before = text.slice(lineStart, at);
  const hash = before.lastIndexOf('#');
  const isComment =
    hash !== -1 && before.slice(hash + 1).trim() === '' && (hash === 0 || /\s/.test(before.charAt(hash - 1)));
  if (!isComment || inside(lineStart + hash)) return [];
  const [content = ''] = text.slice(at, at + marker.length + commentLimit).split(/[\r\n]/, 1);
  const isOwn = marker === ignoreMarker;
  const wishes = isOwn ? [parseIgnoreWish(content.slice(marker.length))] : peerWishes(content);
  const isTrailing = before.slice(0, hash).trim() !== '';
  const target = isTrailing ? lineStart + before.search(/\S/) : next(at);
  return wishes.flatMap((wish) =>
    wish === undefined ? [] : [{ ...wish, source: isOwn ? 'comment' : 'peer', line, target }],
  );
}

/** Answers the offset of the next line's content, comments and blank lines passed over; offsets are asked in their order. */
function contentStarts(text: string): (from: number) => number {
  const lineBreak = /[\r\n]+[\t ]*/g;
  let known = -1;
  return (from) => {
    // Comments that follow each other are about the same content.
    if (known > from) return known;
    lineBreak.lastIndex = from;
    known = text.length;
    for (let found = lineBreak.exec(text); found !== null; found = lineBreak.exec(text)) {
      const start = lineBreak.lastIndex;
      if (text.charAt(start) === '#' || start >= text.length) continue;
      known = start;
      break;
    }
    return known;
  };
}

/** Answers whether a `#` stands inside a text (inline code), where it is no comment of the template. */
function textSpans(parsed: ParsedTemplate): (offset: number) => boolean {
  let leaves: TextRange[] | undefined;
  return (offset) => {
    leaves ??= leavesOf(parsed.span(''), []).sort((left, right) => left.start - right.start);
    let low = 0;
    let high = leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((leaves[middle]?.start ?? Infinity) <= offset) low = middle + 1;
      else high = middle;
    }
    const before = leaves[low - 1];
    return before !== undefined && contains(before, offset);
  };
}

function leavesOf(span: Span | undefined, found: TextRange[]): TextRange[] {
  if (span?.children === undefined) {
    if (span !== undefined) found.push(span);
    return found;
  }
  for (const child of span.children.values()) leavesOf(child, found);
  return found;
}

function contains(range: TextRange, offset: number): boolean {
  return range.start <= offset && offset < range.end;
}

/** Answers the resource that an offset stands in. */
function logicalIds(parsed: ParsedTemplate): (offset: number) => string | undefined {
  let ranges: { name: string; start: number; end: number }[] | undefined;
  const read = (): { name: string; start: number; end: number }[] => {
    const children = parsed.span('/Resources')?.children;
    if (!(children instanceof Map)) return [];
    return [...(children as ReadonlyMap<string, Span>)]
      .map(([name, { keyStart, end }]) => ({ name, start: keyStart, end }))
      .sort((left, right) => left.start - right.start);
  };
  return (offset) => {
    ranges ??= read();
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle]?.start ?? Infinity) <= offset) low = middle + 1;
      else high = middle;
    }
    const before = ranges[low - 1];
    return before !== undefined && contains(before, offset) ? before.name : undefined;
  };
}

/** Where other tools keep their suppressions in Metadata, and how they name a rule there. */
const peers: readonly {
  readonly tool: string;
  readonly key: string;
  readonly list: string;
  readonly reason: string;
}[] = [
  { tool: 'checkov', key: 'checkov', list: 'skip', reason: 'comment' },
  { tool: 'cfn_nag', key: 'cfn_nag', list: 'rules_to_suppress', reason: 'reason' },
  { tool: 'cfn-guard', key: 'guard', list: 'SuppressedRules', reason: 'reason' },
  { tool: 'cdk-nag', key: 'cdk_nag', list: 'rules_to_suppress', reason: 'reason' },
];

function metadataSuppressions(resource: TemplateResource, stack: Stack): SourceSuppression[] {
  const { metadata } = resource;
  if (metadata === undefined) return [];
  const pointer = `/Resources/${resource.logicalId}/Metadata`;
  const line = (): number | undefined => stack.parsed.locate(pointer, 'key')?.startLine;
  const place = (): Pick<SourceSuppression, 'file' | 'line'> => {
    const at = line();
    return { file: stack.parsed.file, ...(at === undefined ? {} : { line: at }) };
  };
  const own = listOf(member(member(metadata, 'headgate'), 'ignore')).flatMap((item) =>
    ownWish(item, resource.id, place),
  );
  const others = peers.flatMap(({ tool, key, list, reason }) =>
    listOf(member(member(metadata, key), list)).flatMap((item) =>
      peerWish(item, tool, reason, resource.id, place),
    ),
  );
  const all = [...own, ...others];
  // A CDK app writes what it says of a construct on every resource below it.
  return resource.constructPath === undefined
    ? all
    : all.map((one) => ({ ...one, wish: wishOf(one, stack) }));
}

function wishOf({ source, ruleId, reason, owner, expires }: SourceSuppression, stack: Stack): string {
  return JSON.stringify([stack.scope, source, ruleId, reason, owner, expires]);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function text(item: unknown, key: string): string | undefined {
  const value = member(item, key);
  return typeof value === 'string' ? value : undefined;
}

function ownWish(
  item: unknown,
  resourceId: string,
  place: () => Pick<SourceSuppression, 'file' | 'line'>,
): SourceSuppression[] {
  const ruleId = text(item, 'rule');
  if (ruleId === undefined) return [];
  const told = entriesOf(item as RawObject).filter(
    ([key, value]) => ['reason', 'owner', 'expires'].includes(key) && typeof value === 'string',
  );
  return [{ source: 'metadata', ruleId, resourceId, ...Object.fromEntries(told), ...place() }];
}

function peerWish(
  item: unknown,
  tool: string,
  reasonKey: string,
  resourceId: string,
  place: () => Pick<SourceSuppression, 'file' | 'line'>,
): SourceSuppression[] {
  const id = typeof item === 'string' ? item : text(item, 'id');
  if (id === undefined) return [];
  const reason = isRawObject(item) ? text(item, reasonKey) : undefined;
  return [
    {
      source: 'peer',
      ruleId: `${tool}:${id}`,
      resourceId,
      ...(reason === undefined ? {} : { reason }),
      ...place(),
    },
  ];
}

/** An acknowledgement silences the resources at and below its construct. */
function acknowledged(stack: Stack, { id, reason, constructPath, at }: Acknowledgement): SourceSuppression[] {
  const [plugin, rule] = splitId(id);
  const isOwn = plugin === 'headgate';
  const below = constructPath.slice(1);
  const wish = JSON.stringify([stack.scope, 'cdk', id, constructPath]);
  return stack.resources
    .filter(({ constructPath: path }) => path === below || path?.startsWith(`${below}/`) === true)
    .map((resource) => ({
      source: isOwn ? 'cdk' : 'peer',
      ruleId: isOwn ? rule : `${plugin}:${rule}`,
      resourceId: resource.id,
      wish,
      ...(reason === undefined ? {} : { reason }),
      ...(at === undefined ? {} : { file: at.file, line: at.line }),
    }));
}

function splitId(id: string): [plugin: string, rule: string] {
  const at = id.indexOf('::');
  return at === -1 ? ['cdk', id] : [id.slice(0, at), id.slice(at + 2)];
}
