import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseHcl } from '../../src/terraform/hcl/parse-hcl.ts';
import { oracleParser, ownOutline } from '../unit/terraform/hcl/outline.ts';

// Real Terraform files of others: each is read without an error, into the tree that an independent grammar gives.

const corpus = join('..', 'shared', 'corpus', 'terraform');

async function sourceFiles(): Promise<string[]> {
  const names = await readdir(corpus, { recursive: true });
  return names.filter((name) => name.endsWith('.tf')).map((name) => join(corpus, name));
}

describe('the sources of the Terraform corpus', () => {
  it('are read into the tree of an independent grammar, places included', async () => {
    expect(existsSync(corpus)).toBe(true);
    const oracle = await oracleParser();
    const files = await sourceFiles();
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const text = await readFile(file, 'utf8');
      const own = parseHcl(text, file);
      expect({ file, errors: own.errors }).toEqual({ file, errors: [] });
      expect({ file, outline: ownOutline(own) }).toEqual({ file, outline: oracle(text).outline });
    }
  });
});
