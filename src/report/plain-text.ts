// Terminals act on control characters, and bidirectional overrides show a reader another text than the one that is there.
const unprintable =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu;

/** The text with every control, direction and lone surrogate character spelt out as `\u{hex}`; line feeds and tabs become spaces. */
export function singleLine(text: string): string {
  return text
    .replace(/[\t\r\n]+/g, ' ')
    .replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As `singleLine`, with line feeds kept. */
export function printable(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(singleLine)
    .join('\n');
}

/** The first `limit` code points, the last of them `…` where something was cut. */
export function truncate(text: string, limit: number): string {
  // A code point takes at most two units, so a short text need not be walked.
  if (text.length <= limit) return text;
  const points = Array.from(text.slice(0, 2 * limit + 2));
  return points.length <= limit ? text : `${points.slice(0, limit - 1).join('')}…`;
}

/** The text as one well-formed string: lone surrogates become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

/** The words of a text in lines of at most `width` characters; a longer word keeps its line to itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** `1 rule`, `2 rules`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
