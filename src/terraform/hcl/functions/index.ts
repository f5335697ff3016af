import { collectionFunctions } from './collections.ts';
import { encodingFunctions } from './encodings.ts';
import type { HclFunction } from './function.ts';
import { networkFunctions } from './networks.ts';
import { numberFunctions } from './numbers.ts';
import { textFunctions } from './texts.ts';
import { typeFunctions } from './types.ts';

/**
 * Functions of Terraform 1.14 and OpenTofu 1.11 by their names (`try` and `can` aside, which look at expressions).
 * Source: developer.hashicorp.com/terraform/language/functions, read 2026-11.
 */
export const hclFunctions: ReadonlyMap<string, HclFunction> = new Map([
  ...Object.entries(collectionFunctions),
  ...Object.entries(encodingFunctions),
  ...Object.entries(networkFunctions),
  ...Object.entries(numberFunctions),
  ...Object.entries(textFunctions),
  ...Object.entries(typeFunctions),
]);

/** Functions that are not evaluated, with why: what calls them is unknown and says so. */
export const unevaluated: ReadonlyMap<string, string> = new Map([
  ...['timestamp', 'plantimestamp', 'uuid', 'bcrypt'].map(
    (name) => [name, 'gives another value each time'] as const,
  ),
  ...['formatdate', 'timeadd', 'timecmp'].map((name) => [name, 'reckons with time'] as const),
  ...['abspath', 'pathexpand'].map((name) => [name, 'depends on the machine'] as const),
  ...['base64gzip', 'rsadecrypt', 'uuidv5', 'textencodebase64', 'textdecodebase64'].map(
    (name) => [name, 'is not evaluated by Headgate'] as const,
  ),
  ...[
    'fileset',
    'filebase64',
    'filebase64sha256',
    'filebase64sha512',
    'filemd5',
    'filesha1',
    'filesha256',
    'filesha512',
  ].map((name) => [name, 'reads files that are not configuration'] as const),
  ...[
    'provider::terraform::encode_tfvars',
    'provider::terraform::decode_tfvars',
    'provider::terraform::encode_expr',
  ].map((name) => [name, 'is not evaluated by Headgate'] as const),
]);
