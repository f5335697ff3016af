import type { Severity } from '../../model/rule.ts';
import type { Verdict } from '../../model/scan-result.ts';
import { html } from './template.ts';
import type { Markup, Part } from './template.ts';

/** Verdicts as the page writes them. */
export const verdictTexts: Readonly<Record<Verdict, string>> = {
  fail: 'fail',
  unknown: 'unknown',
  pass: 'pass',
  notApplicable: 'not applicable',
};

/** A verdict as a coloured word. */
export function badge(verdict: Verdict): Markup {
  return html`<span class="badge ${verdict}">${verdictTexts[verdict]}</span>`;
}

/** A severity as a coloured word. */
export function severityMark(severity: Severity): Markup {
  return html`<span class="severity ${severity}">${severity}</span>`;
}

/** Text for people, in which what stands between backticks is code. */
export function prose(text: string | undefined): Markup {
  const parts = (text ?? '').split('`');
  return html`${parts.map((part, index) =>
    index % 2 === 1 && index < parts.length - 1
      ? html`<code>${part}</code>`
      : `${index % 2 === 1 ? '`' : ''}${part}`,
  )}`;
}

/** A column head: its text, and whether numbers stand below it. */
export type Head = string | { readonly number: string };

/** A table that scrolls by itself where it is wider than the page, with the keyboard too. */
export function table(label: string, heads: readonly Head[], rows: readonly Part[], className = ''): Markup {
  const head = heads.map((item) =>
    typeof item === 'string'
      ? html`<th scope="col">${item}</th>`
      : html`<th scope="col" class="number">${item.number}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="${className}">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** A row of plain cells. */
export function row(cells: readonly Part[]): Markup {
  return html`<tr>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

/** The first names of a list, and how many more there are. */
export function some(names: readonly string[]): string {
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}

/** `12,345`. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** How many rows of a long table go to paper, as report.css says. */
const printedRows = 40;

/** Says on paper that a table goes on, unless everything is printed. */
export function shortened(count: number, what: string): Markup | undefined {
  return count > printedRows
    ? html`<p class="on-paper">
        The first ${printedRows} of ${count} ${what}; the report itself has all of them.
      </p>`
    : undefined;
}
