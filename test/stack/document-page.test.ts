import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Statement {
  readonly text: string;
  readonly places: { readonly path: string; readonly line: number }[];
}

interface PageModule {
  readonly documentSections: () => { readonly title: string; readonly statements: Statement[] }[];
  readonly documentPage: () => string;
}

const { documentPage, documentSections } = (await import(
  new URL('../../reference-stack/document-page.mjs', import.meta.url).href
)) as PageModule; // JavaScript, as it runs without a loader

describe('docs/reference-stack.md', () => {
  it('has a place for every statement of the three diagrams and the prose', () => {
    const statements = documentSections().flatMap((section) => section.statements);
    expect(statements.length).toBeGreaterThan(140);
    expect(statements.filter(({ places }) => places.length === 0)).toEqual([]);
  });

  it('is what the script writes today', () => {
    const page = readFileSync(new URL('../../docs/reference-stack.md', import.meta.url), 'utf8');
    expect(page).toBe(documentPage());
  });
});
