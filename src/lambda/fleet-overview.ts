import { severities } from '../model/rule.ts';
import { html, type Markup } from '../report/html/template.ts';
import type { FleetReport, FleetRun } from './fleet-run.ts';

/** The overview of an organization: one row for each account and Region, with a link to its own report. */
export function renderOverview(report: FleetReport): string {
  const { totals, time, runs } = report;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Headgate: ${totals.places} accounts and Regions, ${totals.fail} open failures</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            margin: 2rem auto;
            max-width: 75rem;
            padding: 0 1rem;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            border-bottom: 1px solid #8886;
            padding: 0.3rem 0.6rem;
            text-align: left;
            vertical-align: top;
          }
          .number {
            text-align: right;
            font-variant-numeric: tabular-nums;
          }
          .trouble {
            font-weight: 600;
          }
        </style>
      </head>
      <body>
        <h1>Headgate fleet report</h1>
        <p>${time.slice(0, 16).replace('T', ' ')} UTC</p>
        <p>
          ${totals.fail} open failures
          (${severities.map((name) => `${totals.bySeverity[name]} ${name}`).join(', ')}), ${totals.unknown}
          unknown, ${totals.waived} waived, ${totals.pass} passed on ${totals.resources} resources.
        </p>
        <p class="trouble">
          Of ${totals.places} audits, ${totals.failedPlaces} failed, ${totals.incompletePlaces} were
          incomplete, and ${totals.unpublishedPlaces} could not send all findings to Security Hub. Failed and
          incomplete audits did not close findings that they could not check.
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col">Region</th>
              <th scope="col">Audit</th>
              ${severities.map((name) => html`<th scope="col" class="number">${name}</th>`)}
              <th scope="col" class="number">unknown</th>
              <th scope="col" class="number">passed</th>
              <th scope="col">Security Hub</th>
              <th scope="col">Report</th>
            </tr>
          </thead>
          <tbody>
            ${runs.map(renderRun)}
          </tbody>
        </table>
      </body>
    </html> `;
  return `${page.text.trimEnd()}\n`;
}

function renderRun({ item, summary, failure }: FleetRun): Markup {
  const place = html`<th scope="row">${item.name} ${item.account}</th>
    <td>${item.region}</td>`;
  if (summary === undefined)
    return html`<tr>
      ${place}
      <td class="trouble" colspan="10">failed: ${failure}</td>
    </tr> `;
  const { counts, completeness, missing, objects, securityHub } = summary;
  const state =
    completeness === 'complete' ? 'complete' : `incomplete (${completeness}): ${missing[0] ?? ''}`;
  const hub = securityHub.map(({ status, reason }) =>
    reason === undefined ? status : `${status}: ${reason}`,
  );
  return html`<tr>
    ${place}
    <td>${state}${failure === undefined ? '' : `; failed: ${failure}`}</td>
    ${severities.map((name) => html`<td class="number">${counts.bySeverity[name]}</td>`)}
    <td class="number">${counts.unknown}</td>
    <td class="number">${counts.pass}</td>
    <td>${hub.length === 0 ? 'not told' : hub.join('; ')}</td>
    <td><a href="${`../../${objects.html}`}">HTML</a> <a href="${`../../${objects.json}`}">JSON</a></td>
  </tr> `;
}
