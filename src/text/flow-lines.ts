/** How many characters may still be read over to put a file's indentation right. */
export interface ReadingBudget {
  left: number;
}

/**
 * YAML asks that every line of a flow collection or quoted text be indented deeper than its parent.
 * CloudFormation's parser does not, and real templates rely on it. This finds the collection or
 * text around `position` and puts it on one line, by spaces in place of line breaks and comments,
 * so that no offset moves. Undefined when nothing of the kind is found.
 */
export function joinFlowLines(text: string, position: number, budget: ReadingBudget): string | undefined {
  let lineEnd = position;
  while (lineEnd > 0 && budget.left > 0) {
    const lineStart = text.lastIndexOf('\n', lineEnd - 1) + 1;
    for (const start of openings(text, lineStart, lineEnd)) {
      const joined = joinFrom(text, start, position, budget);
      if (joined !== undefined) return joined;
    }
    lineEnd = lineStart - 1;
  }
  return undefined;
}

/** Offsets in a line at which a collection or a quoted text may start, last one first. */
function openings(text: string, start: number, end: number): number[] {
  const found: number[] = [];
  for (let index = start; index < end; index++) {
    const before = index === start ? ' ' : text.charAt(index - 1);
    const isStart = `[{"'`.includes(text.charAt(index)) && ` \t[{,:`.includes(before);
    if (isStart) found.unshift(index);
  }
  return found.slice(0, 20);
}

/** Joins the lines from `start` to where it closes; undefined when that is before `position` or never. */
function joinFrom(text: string, start: number, position: number, budget: ReadingBudget): string | undefined {
  const pieces: string[] = [];
  let depth = 0;
  let kept = start;
  let index = start;
  const limit = Math.min(text.length, start + budget.left);
  while (index < limit) {
    const char = text.charAt(index);
    if (char === '"' || char === "'") {
      const end = quotedEnd(text, index);
      if (end === -1) {
        budget.left -= text.length - index;
        break;
      }
      pieces.push(text.slice(kept, index), text.slice(index, end).replace(/[\r\n]/g, ' '));
      kept = index = end;
    } else if (char === '#' && /\s/.test(text.charAt(index - 1))) {
      const end = lineEndFrom(text, index);
      pieces.push(text.slice(kept, index), ' '.repeat(end - index));
      kept = index = end;
    } else {
      if (char === '[' || char === '{') depth++;
      if (char === ']' || char === '}') depth--;
      if (char === '\n' || char === '\r') {
        pieces.push(text.slice(kept, index), ' ');
        kept = index + 1;
      }
      index++;
    }
    if (depth === 0) break;
  }
  budget.left -= index - start + 1;
  if (depth !== 0 || index <= position) return undefined;
  return text.slice(0, start) + pieces.join('') + text.slice(kept);
}

function lineEndFrom(text: string, start: number): number {
  let index = start;
  while (index < text.length && text.charAt(index) !== '\n' && text.charAt(index) !== '\r') index++;
  return index;
}

function quotedEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let index = start + 1; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '\\' && quote === '"') index++;
    else if (char === quote && quote === "'" && text.charAt(index + 1) === quote) index++;
    else if (char === quote) return index + 1;
  }
  return -1;
}
