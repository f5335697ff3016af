// Terminals act on control characters, and bidirectional overrides show a reader another text than the one that is there.
const unprintable =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu;

/** The text with every control, direction and lone surrogate character spelt out as `\u{hex}`; line feeds and tabs become spaces. */
export function singleLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(unprintable, codeOf);
}

function codeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The text with line ends and tabs as they are, and everything else as in `singleLine`. */
export function withoutControls(text: string): string {
  return text.replace(unprintable, (character) => (character === '\r' ? character : codeOf(character)));
}

/** As `singleLine`, with line feeds kept. */
export function printable(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(singleLine)
    .join('\n');
}

// Colours that a report sets itself.
// eslint-disable-next-line no-control-regex
const ownStyle = /\u001b\[[0-9;]*m/g;

/**
 * Lines that neither a terminal nor a CI system acts on: controls are spelt out, a line does not begin with `::`, and
 * `##` stands apart from a bracket or word that would make it a command (GitHub Actions, Azure Pipelines, TeamCity).
 * Everything that is printed for people passes here last; styles are kept where `styled`.
 */
export function inert(text: string, styled = false): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => withoutCommands(styled ? keepStyles(line) : spellOut(line)))
    .join('\n');
}

function spellOut(line: string): string {
  return line.replaceAll('\t', '  ').replace(unprintable, codeOf);
}

function keepStyles(line: string): string {
  const styles = line.match(ownStyle) ?? [];
  return line
    .split(ownStyle)
    .map((piece, index) => spellOut(piece) + (styles[index] ?? ''))
    .join('');
}

/** As `inert`, of the commands alone: for texts whose controls are spelt out already. */
export function withoutCommands(line: string): string {
  return (
    line
      .replace(/##(?=\[|vso\[|teamcity\[)/gi, '# #')
      // eslint-disable-next-line no-control-regex
      .replace(/^((?:\s|\u001b\[[0-9;]*m)*)::/, '$1: :')
  );
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
