import type { ScanResult } from '../../model/scan-result.ts';
import { frameworkLabel } from '../control-mappings.ts';
import { flowsById, serviceOf } from '../findings.ts';
import { decided, severityNames } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

type Choice = readonly [value: string, label: string];

const verdictChoices: readonly Choice[] = [
  ['fail', 'Fail'],
  ['unknown', 'Unknown'],
  ['pass', 'Pass'],
  ['notApplicable', 'Not applicable'],
  [decided, 'All but not applicable'],
  ['all', 'All verdicts'],
];

/** The filters and the empty table that the page's script fills. */
export function renderFindings(result: ScanResult): Markup {
  const { accounts, regions, services } = scopesOf(result);
  const frameworks = distinct(
    result.ruleSet.rules.flatMap(({ controls }) =>
      controls.map(({ framework }) => frameworkLabel(framework)),
    ),
  );
  const flows = [...flowsById(result).values()].map(({ id, diagram, entry }): Choice => [
    id,
    `${diagram}: ${entry.name}`,
  ]);
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title" tabindex="-1">Findings</h2>
    <noscript
      ><p class="notice">
        The list of findings needs JavaScript. Everything above and below is complete without it.
      </p></noscript
    >
    <form id="filters" role="search" aria-label="Filter findings" hidden>
      <label class="wide"
        >Search
        <input type="search" name="q" autocomplete="off" placeholder="rule, control, resource, message, file"
      /></label>
      ${select('verdict', 'Verdict', verdictChoices)}
      ${select('severity', 'Severity', [['', 'Any'], ...severityNames.map((name): Choice => [name, name])])}
      ${select('waived', 'Waived', [
        ['', 'Any'],
        ['no', 'Not waived'],
        ['yes', 'Waived'],
      ])}
      ${select('flow', 'Flow', anyOf(flows))} ${select('service', 'Service', anyOf(named(services)))}
      ${select('account', 'Account', anyOf(named(accounts)))}
      ${select('region', 'Region', anyOf(named(regions)))}
      ${select('framework', 'Framework', anyOf(named(frameworks)))}
      <button type="reset">Clear</button>
    </form>
    <div class="status">
      <p id="shown" role="status"></p>
      <p id="limits"></p>
      <button type="button" id="export" hidden>Save as CSV</button>
      <label id="print-option" hidden><input type="checkbox" id="print-all" /> Print everything</label>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of findings">
      <table id="table" hidden>
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">Severity</th>
            <th scope="col">What</th>
            <th scope="col">Resource</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody></tbody>
      </table>
    </div>
    <nav id="pages" aria-label="Pages of findings"></nav>
  </section>`;
}

function select(name: string, label: string, choices: readonly Choice[]): Markup | undefined {
  // One choice beside "Any" decides nothing, so it is not offered.
  if (choices.length < 3) return undefined;
  return html`<label
    >${label}
    <select name="${name}">
      ${choices.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
    </select></label
  >`;
}

function anyOf(choices: readonly Choice[]): Choice[] {
  return [['', 'Any'], ...choices];
}

function named(values: readonly string[]): Choice[] {
  return values.map((value) => [value, value]);
}

function scopesOf({ evaluations }: ScanResult) {
  const resources = evaluations.map(({ resource }) => resource);
  return {
    accounts: distinct(resources.flatMap(({ account }) => account ?? [])),
    regions: distinct(resources.flatMap(({ region }) => region ?? [])),
    services: distinct(resources.map(serviceOf)),
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}
