// What bundles hold in a shorter form than their sources do: large data compressed, and code that never runs left out.
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';

/** @param data text or bytes @returns an expression of their bytes, in a module that has `unpack` */
function packed(data) {
  const bytes = Buffer.from(data);
  const compressed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return `unpack(Buffer.from('${compressed.toString('base64')}', 'base64'))`;
}

const unpack = "import { brotliDecompressSync as unpack } from 'node:zlib';\n";

/** A module whose `text` is JSON, for what only some commands read: it unpacks in a few milliseconds. */
export function compressedModule(value) {
  return `${unpack}export const text = ${packed(JSON.stringify(value))}.toString();\n`;
}

const layoutLibrary =
  /function findWasmBinary\(\)\{return binaryDecode\(('.*?')\)\}(?=function getBinarySync\()/s;

/**
 * esbuild plugin. The layout library holds its WebAssembly module byte by byte in a string, half of it escapes. And the
 * protocol library for agents brings a schema validator for answers of forms, which Headgate never asks a client to show.
 * @throws from the build, when a new version of either is written in another way
 */
export function smallerParts() {
  return {
    name: 'smaller-parts',
    setup(builder) {
      builder.onLoad({ filter: /@viz-js[\\/]viz[\\/]dist[\\/]viz\.js$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const [, literal] = layoutLibrary.exec(source) ?? [];
        const bytes = literal === undefined ? undefined : bytesOf(literal);
        if (bytes === undefined || !WebAssembly.validate(bytes))
          throw new Error(
            `${path} holds its WebAssembly module in another form; see scripts/smaller-parts.mjs`,
          );
        const contents = source.replace(
          layoutLibrary,
          () => `function findWasmBinary(){return ${packed(bytes)}}`,
        );
        return { contents: `${unpack}${contents}`, loader: 'js' };
      });
      builder.onLoad({ filter: /validation[\\/]ajv-provider\.js$/ }, async ({ path }) => {
        if (!(await readFile(path, 'utf8')).includes('export class AjvJsonSchemaValidator'))
          throw new Error(`${path} no longer has the validator that scripts/smaller-parts.mjs leaves out`);
        return { contents: validator, loader: 'js' };
      });
    },
  };
}

const validator = `export class AjvJsonSchemaValidator {
  getValidator() { throw new Error('Headgate shows no forms, and has no validator for their answers.'); }
}\n`;

/** Each character c of the literal stands for the byte c, and the character 256 for 0. */
function bytesOf(literal) {
  const text = new Function(`return ${literal}`)();
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
