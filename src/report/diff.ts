import type { ResultDiff } from '../model/result-diff.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { describeWhere } from './findings.ts';
import { style } from './html/assets.ts';
import { row, severityMark, table } from './html/parts.ts';
import { html, Markup } from './html/template.ts';
import { jsonParts, Streamed } from './json-parts.ts';
import { cell, codeSpan, LimitedPage } from './markdown.ts';
import { plural, singleLine } from './plain-text.ts';

/** How a comparison can be written. */
export const diffFormats = ['console', 'markdown', 'json', 'html'] as const;
export type DiffFormat = (typeof diffFormats)[number];

/** A comparison of two results in a format. Pure. */
export function renderDiff(format: DiffFormat, diff: ResultDiff): Iterable<string> {
  if (format === 'json') return renderJson(diff);
  if (format === 'html') return [renderHtml(diff)];
  return [format === 'markdown' ? renderMarkdown(diff) : renderConsole(diff)];
}

interface Part {
  readonly title: string;
  readonly items: readonly { readonly finding: Evaluation; readonly note: string }[];
}

const notes: Readonly<Record<string, string>> = {
  absent: 'not in the older result',
  pass: 'passed before',
  notApplicable: 'did not apply before',
  unknown: 'was unknown',
  fail: 'failed before',
  waived: 'was waived',
};

const endings = {
  pass: 'passes',
  notApplicable: 'no longer applies',
  waived: 'is waived',
  gone: 'is gone',
} as const;

const waiverEnded = 'Waiver ended';

/** What changed, in the order in which a reader acts on it. */
function partsOf(diff: ResultDiff): Part[] {
  const changed = (items: ResultDiff['added']) =>
    items.map(({ finding, before }) => ({ finding, note: notes[before] ?? before }));
  const plain = (items: readonly Evaluation[], note: string) => items.map((finding) => ({ finding, note }));
  return [
    {
      title: 'New',
      items: changed(diff.added).map((item, index) =>
        diff.added[index]?.before === 'fail'
          ? { ...item, note: 'failed before, and is more severe now' }
          : item,
      ),
    },
    { title: waiverEnded, items: plain(diff.waiversEnded, 'was waived') },
    { title: 'Newly unknown', items: changed(diff.newlyUnknown) },
    { title: 'Still open', items: plain(diff.stillOpen, '') },
    { title: 'Fixed', items: diff.repaired.map(({ finding, now }) => ({ finding, note: endings[now] })) },
  ];
}

function summaryOf(diff: ResultDiff): string {
  return partsOf(diff)
    .map(({ title, items }) =>
      title === waiverEnded
        ? `${plural(items.length, 'waiver')} ended`
        : `${items.length} ${title.toLowerCase()}`,
    )
    .join(', ');
}

/** What makes the two results less comparable. */
function cautionsOf({ old, new: newer, rules }: ResultDiff): string[] {
  const named = (ids: readonly string[]) => ids.slice(0, 5).join(', ') + (ids.length > 5 ? ', …' : '');
  return [
    ...(old.ruleSetDigest === newer.ruleSetDigest
      ? []
      : ['The results were made with different rules or settings.']),
    ...(rules.onlyNew.length === 0
      ? []
      : [`${plural(rules.onlyNew.length, 'rule')} only in the newer result: ${named(rules.onlyNew)}.`]),
    ...(rules.onlyOld.length === 0
      ? []
      : [`${plural(rules.onlyOld.length, 'rule')} only in the older result: ${named(rules.onlyOld)}.`]),
  ];
}

function renderConsole(diff: ResultDiff): string {
  const lines = partsOf(diff).flatMap(({ title, items }) =>
    items.length === 0
      ? []
      : [
          `${title} (${items.length})`,
          ...items.flatMap(({ finding, note }) => [
            `  ${finding.severity.padEnd(8)} ${finding.ruleId} on ${singleLine(finding.resource.name)}${note === '' ? '' : ` (${note})`}`,
            `           ${singleLine(finding.message)}`,
            `           at ${singleLine(describeWhere(finding))}`,
          ]),
          '',
        ],
  );
  return `${[...lines, ...cautionsOf(diff), summaryOf(diff)].join('\n')}\n`;
}

function renderMarkdown(diff: ResultDiff): string {
  const page = new LimitedPage(65_000);
  page.add(`### Headgate: ${summaryOf(diff)}`);
  for (const caution of cautionsOf(diff)) page.add('', cell(caution));
  for (const { title, items } of partsOf(diff)) {
    if (items.length === 0) continue;
    page.add('', `#### ${title} (${items.length})`);
    page.table(
      ['Severity', 'Rule', 'What', 'Where', 'Change'],
      items.map(({ finding, note }) => [
        finding.severity,
        codeSpan(finding.ruleId),
        cell(finding.message),
        codeSpan(describeWhere(finding)),
        note,
      ]),
    );
  }
  if (page.cut > 0)
    page.close(
      `_${plural(page.cut, 'row')} left out to keep within the size limit._ Use --format json for all.`,
    );
  return page.text();
}

function renderJson(diff: ResultDiff): Iterable<string> {
  const { added, waiversEnded, newlyUnknown, repaired, stillOpen, ...rest } = diff;
  const lists = { added, waiversEnded, newlyUnknown, repaired, stillOpen };
  const streamed = Object.entries(lists).map(([name, items]) => [name, new Streamed(items)]);
  return jsonParts({ ...rest, ...(Object.fromEntries(streamed) as object) });
}

function renderHtml(diff: ResultDiff): string {
  const heads = ['Severity', 'Rule', 'Resource', 'What', 'Where', 'Change'];
  const sections = partsOf(diff).map(({ title, items }) => {
    const rows = items.map(({ finding, note }) =>
      row([
        severityMark(finding.severity),
        html`<code>${finding.ruleId}</code>`,
        finding.resource.name,
        finding.message,
        describeWhere(finding),
        note,
      ]),
    );
    const body = items.length === 0 ? html`<p class="quiet">None.</p>` : table(title, heads, rows);
    return html`<section>
      <h2>${title} (${items.length})</h2>
      ${body}
    </section>`;
  });
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Headgate comparison: ${summaryOf(diff)}</title>
        <link rel="icon" href="data:," />
        ${new Markup(`<style>${style}</style>`)}
      </head>
      <body>
        <header>
          <h1>Headgate comparison</h1>
          <p>
            ${diff.old.startedAt} (Headgate ${diff.old.version}) and ${diff.new.startedAt} (Headgate
            ${diff.new.version})
          </p>
          <p>${summaryOf(diff)}</p>
          ${cautionsOf(diff).map((caution) => html`<p class="notice">${caution}</p>`)}
        </header>
        <main id="main">${sections}</main>
      </body>
    </html>`;
  return `${page.text.trimEnd()}\n`;
}
