import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { PartialString, type Value } from '../../../model/value.ts';
import { readJsonText } from '../../../model/json-text.ts';
import { parseTemplateText } from '../../../text/parse-template.ts';
import { EncodedTerm, force, objectOf, termOf, type Term } from '../terms.ts';
import { fail, ofTexts } from './arguments.ts';
import type { HclFunction } from './function.ts';

const oneText = (apply: (text: string) => Term | undefined): HclFunction =>
  ofTexts(([text = '']) => apply(text));

const hash = (algorithm: string, encoding: 'hex' | 'base64'): HclFunction =>
  oneText((text) => createHash(algorithm).update(text).digest(encoding));

function decodeBase64(text: string): Buffer {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0
    ? Buffer.from(text, 'base64')
    : fail('the text is not base64');
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('the bytes are not UTF-8');
  }
}

/** The most that a compressed text is unpacked to. */
const unpackedLimitBytes = 1_000_000;

function gunzip(text: string): string {
  try {
    return utf8(gunzipSync(decodeBase64(text), { maxOutputLength: unpackedLimitBytes }));
  } catch {
    return fail('the text is not packed by gzip');
  }
}

/** As Go's url.QueryEscape. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return fail('the text is not encoded for a URL');
  }
}

/** The value in a JSON text, unknown pieces included; what `jsonencode` made is what it was made of. */
const jsondecode: HclFunction = ([text = null], context) => {
  const found = force(text);
  if (found instanceof EncodedTerm) return found.value;
  if (found instanceof PartialString) return termOf(readJsonText(found));
  return ofTexts(([json = '']) => {
    try {
      return termOf(JSON.parse(json) as Value); // JSON.parse gives plain JSON, which every value may be.
    } catch {
      return fail('the text is not JSON');
    }
  })([found], context);
};

const yamldecode: HclFunction = ([text = null], context) => {
  const found = force(text);
  if (found instanceof EncodedTerm) return found.value;
  return ofTexts(([yaml = '']) => {
    // A list at the top is read as a member, since templates are objects.
    const { root } = parseTemplateText(
      `value:\n${yaml.replace(/^---[^\n]*\n/, '').replace(/^/gm, '  ')}\n`,
      '',
    );
    if (root === undefined) return fail('the text is not YAML');
    return termOf((root as Record<string, Value>)['value']);
  })([found], context);
};

/** Rows of a CSV text with a header. */
function csvRows(text: string): Term {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  for (
    let match = cell.exec(text);
    match !== null && cell.lastIndex <= text.length;
    match = cell.exec(text)
  ) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '' || cell.lastIndex >= text.length) break;
    if (match[3] !== ',') rows.push([]);
  }
  const [header = [], ...lines] = rows;
  return lines.map((line) => objectOf(header.map((name, index) => [name, line[index] ?? ''] as const)));
}

export const encodingFunctions: Readonly<Record<string, HclFunction>> = {
  base64decode: oneText((text) => utf8(decodeBase64(text))),
  base64encode: oneText((text) => Buffer.from(text).toString('base64')),
  base64gunzip: oneText(gunzip),
  base64sha256: hash('sha256', 'base64'),
  base64sha512: hash('sha512', 'base64'),
  csvdecode: oneText(csvRows),
  jsondecode,
  jsonencode: ([value = null]) => new EncodedTerm(value),
  md5: hash('md5', 'hex'),
  sha1: hash('sha1', 'hex'),
  sha256: hash('sha256', 'hex'),
  sha512: hash('sha512', 'hex'),
  urldecode: oneText(urlDecode),
  urlencode: oneText(urlEncode),
  yamldecode,
  yamlencode: ([value = null]) => new EncodedTerm(value),
};
