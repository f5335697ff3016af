import { printable } from '../plain-text.ts';

/** Text that is markup already; made by `html` alone, so nothing else reaches a page unescaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand between the pieces of a template. */
export type Part = string | number | undefined | Markup | readonly Part[];

/** A template whose values are escaped, unless they are templates themselves; lists are joined, undefined is nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    pieces.map((piece, index) => piece + (index < parts.length ? write(parts[index]) : '')).join(''),
  );
}

function write(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(write).join('');
}

/** Text for element content and quoted attributes; control and direction characters become visible. */
function escapeHtml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
