import type { ScanResult } from '../../model/scan-result.ts';
import { plural } from '../plain-text.ts';
import { formatNumber, row, shortened, some, table } from './parts.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

const shownSkipped = 1000;

/** What the report rests on: tool, times, rule set and deviations, inputs with digests, and what is missing. */
export function renderProvenance(result: ScanResult): Markup {
  const { tool, ruleSet, startedAt, schemaVersion, evaluations } = result;
  return html`<section id="provenance" aria-labelledby="provenance-title">
    <h2 id="provenance-title">Provenance</h2>
    <dl class="facts">
      <dt>Tool</dt>
      <dd>${tool.name} ${tool.version}</dd>
      <dt>Started</dt>
      <dd><time datetime="${startedAt}">${startedAt}</time></dd>
      <dt>Rule set</dt>
      <dd><code>${ruleSet.digest}</code>, ${plural(ruleSet.rules.length, 'rule')}</dd>
      <dt>Result</dt>
      <dd>schema ${schemaVersion}, ${formatNumber(evaluations.length)} evaluations</dd>
    </dl>
    <h3>Changes to the built-in rule set</h3>
    ${renderDeviations(result)}
    <h3>Inputs</h3>
    ${renderInputs(result)}
    <h3>Completeness</h3>
    ${renderDiagnostics(result)} ${renderSkipped(result)}
  </section>`;
}

function renderDeviations({ ruleSet }: ScanResult): Markup {
  if (ruleSet.deviations.length === 0) return html`<p>None.</p>`;
  const rows = ruleSet.deviations.map(({ kind, ruleId, detail, reason }) =>
    row([kind, ruleId ?? 'all', detail, reason ?? 'none given']),
  );
  return table('Deviations', ['Kind', 'Rule', 'Change', 'Reason'], rows);
}

function renderInputs({ inputs }: ScanResult): Markup {
  const rows = inputs.map(({ name, kind, resources, digest }) =>
    row([
      name,
      kind,
      formatNumber(resources),
      digest === undefined ? 'live, no digest' : html`<code>${digest}</code>`,
    ]),
  );
  return html`${table('Inputs', ['Input', 'Kind', 'Resources', 'Digest'], rows)}
  ${shortened(rows.length, 'inputs')}`;
}

function renderDiagnostics({ diagnostics }: ScanResult): Markup {
  if (diagnostics.length === 0) return html`<p>All inputs were read completely.</p>`;
  const rows = diagnostics.map(({ severity, code, message, where, blocks }) =>
    row([severity, code, message, where, blocks.length === 0 ? 'none' : some(blocks)]),
  );
  const heads = ['Severity', 'Code', 'Message', 'Where', 'Affected rules (unknown results)'];
  return html`${table('Diagnostics', heads, rows)} ${shortened(rows.length, 'diagnostics')}`;
}

function renderSkipped({ skipped }: ScanResult): Markup | undefined {
  if (skipped.length === 0) return undefined;
  const rows = skipped.slice(0, shownSkipped).map(({ name, reason }) => row([name, reason]));
  return html`<details>
    <summary>${plural(skipped.length, 'file')} skipped</summary>
    ${table('Skipped files', ['File', 'Reason'], rows)}
  </details>`;
}
