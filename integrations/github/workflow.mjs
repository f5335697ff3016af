// What steps of a workflow write and read: outputs, commands, the event.
import { appendFileSync, readFileSync } from 'node:fs';

/** An input of the action; undefined where it is empty, which Actions do not tell from absent. */
export function input(name) {
  const text = process.env[`HEADGATE_INPUT_${name.toUpperCase().replaceAll('-', '_')}`]?.trim();
  return text === '' ? undefined : text;
}

/** Lines of an input that are not empty. */
export function lines(name) {
  return (input(name) ?? '').split('\n').flatMap((line) => line.trim() || []);
}

/** @throws Error for a value that has a line break, which would write another output */
export function output(name, value) {
  const text = String(value);
  if (/[\r\n]/.test(text)) throw new Error(`The output ${name} has a line break.`);
  appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${text}\n`);
}

/** Prints an annotation: error, warning or notice. */
export function annotate(kind, text) {
  const escaped = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  process.stdout.write(`::${kind} title=Headgate::${escaped}\n`);
}

/** The event of the workflow; empty where there is none. */
export function event() {
  const file = process.env.GITHUB_EVENT_PATH;
  return file === undefined || file === '' ? {} : JSON.parse(readFileSync(file, 'utf8'));
}

/** True for a pull request whose branch is in another repository: its token only reads. */
export function isFromFork({ pull_request: pull }) {
  return pull !== undefined && pull.head?.repo?.full_name !== pull.base?.repo?.full_name;
}

/** The name of the scan, also part of file names and of the comment's marker. @throws Error for other characters */
export function category() {
  const name = input('category') ?? 'headgate';
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new Error('The input `category` can only have letters, digits, `.`, `_` and `-`.');
  return name;
}
