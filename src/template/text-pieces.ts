import type { SymbolicText } from '../model/symbolic-text.ts';
import type { Value } from '../model/value.ts';
import { entriesOf, isRawObject, setMember } from '../text/raw.ts';

/** A template that was read from a text, and the parameters by which it has what the text leaves open. */
export interface Put {
  readonly root: unknown;
  readonly given: ReadonlyMap<string, Value>;
}

const word = 'HeadgatePiece';
const placed = new RegExp(`${word}\\d+x`, 'g');

/**
 * Parses a template of which another one writes parts (`TemplateBody: !Sub ...`). What is not known of the text becomes a
 * parameter of the template, so that it is unknown only where it stands.
 */
export function putIn({ text, pieces }: SymbolicText, parse: (text: string) => unknown): Put {
  if (pieces.size === 0) return { root: parse(text), given: new Map() };
  const given = new Map<string, Value>();
  let plain = text;
  for (const [marker, piece] of pieces) {
    const name = `${word}${given.size}x`;
    given.set(name, piece);
    plain = plain.replaceAll(marker, name);
  }
  const root = parse(plain);
  if (!isRawObject(root)) return { root, given };
  const { Parameters, ...sections } = root;
  const declared = [...given.keys()].map((name) => [name, { Type: 'String' }] as const);
  return {
    root: {
      ...(withReferences(sections, false) as object),
      Parameters: { ...Object.fromEntries(entriesOf(Parameters)), ...Object.fromEntries(declared) },
    },
    given,
  };
}

/** The same with references in place of the words that stand for pieces; `inSub` in a text that has `${}` already. */
function withReferences(raw: unknown, inSub: boolean): unknown {
  if (typeof raw === 'string') return referring(raw, inSub);
  if (Array.isArray(raw))
    return (raw as readonly unknown[]).map((item, index) => withReferences(item, inSub && index === 0));
  if (!isRawObject(raw)) return raw;
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw))
    setMember(made, key, withReferences(value, key === 'Fn::Sub'));
  return made;
}

function referring(text: string, inSub: boolean): unknown {
  const [first] = text.match(placed) ?? [];
  if (first === undefined) return text;
  if (first === text && !inSub) return { Ref: text };
  const refer = (plain: string): string => plain.replace(placed, (name) => `\${${name}}`);
  return inSub ? refer(text) : { 'Fn::Sub': refer(text.replaceAll('${', '${!')) };
}
