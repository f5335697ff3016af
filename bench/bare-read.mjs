// What any scanner must do at least: read the file, parse it, and know where every value stands.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
JSON.parse(text);
const positions = new Map();
let at = 0;

function skipSpace() {
  while (text.charCodeAt(at) <= 32) at += 1;
}

function skipString() {
  at += 1;
  while (text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1;
  at += 1;
}

function value(pointer) {
  skipSpace();
  positions.set(pointer, at);
  const first = text.charCodeAt(at);
  if (first === 123 || first === 91) members(pointer, first === 123);
  else if (first === 34) skipString();
  else while (!',]} \n\r\t'.includes(text[at])) at += 1;
}

function members(pointer, isObject) {
  at += 1;
  for (let index = 0; ; index++) {
    skipSpace();
    const next = text.charCodeAt(at);
    if (next === 125 || next === 93) break;
    if (next === 44) {
      at += 1;
      index -= 1;
      continue;
    }
    let key = index;
    if (isObject) {
      const start = at;
      skipString();
      key = text.slice(start + 1, at - 1);
      skipSpace();
      at += 1;
    }
    value(`${pointer}/${key}`);
  }
  at += 1;
}

value('');
if (positions.size === 0) process.exitCode = 3;
