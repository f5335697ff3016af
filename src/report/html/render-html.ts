import { createHash } from 'node:crypto';
import type { ScanResult } from '../../model/scan-result.ts';
import { plural } from '../plain-text.ts';
import { script, style } from './assets.ts';
import { embeddedParts } from './embed-data.ts';
import { renderControls } from './controls-section.ts';
import { renderFindings } from './findings-section.ts';
import { createFlowLayouter } from './layout-flow.ts';
import { flowLimits, flowsInOrder, renderFlows } from './flows-section.ts';
import { renderOverview } from './overview-section.ts';
import { renderProvenance } from './provenance-section.ts';
import { renderRequirements } from './requirements-section.ts';
import { renderUnknowns } from './unknowns-section.ts';
import { renderWaivers } from './waivers-section.ts';
import { html, Markup } from './template.ts';

/** Where the data goes: a control character, which no text of the input brings into the page. */
const dataMark = '\u0000';

/**
 * The result as one self-contained page for auditors: no network, a Content-Security-Policy that
 * allows its own script and style alone (by hash), all text of the input escaped, diagrams laid out
 * here. Everything but the searchable list of findings is there without JavaScript.
 */
export async function renderHtml(result: ScanResult): Promise<Iterable<string>> {
  const flows = flowsInOrder(result);
  const drawn = flows.slice(0, flowLimits.drawn);
  const layOut = drawn.length === 0 ? undefined : await createFlowLayouter();
  const layouts = layOut === undefined ? [] : drawn.map(layOut);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>Headgate report: ${titleOf(result)}</title>
        <link rel="icon" href="data:," />
        ${raw('style', style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <header>
          <h1>Headgate report</h1>
          <p>
            ${result.inputs.length === 1 ? result.inputs[0]?.name : `${result.inputs.length} inputs`},
            ${result.startedAt.slice(0, 16).replace('T', ' ')} UTC
          </p>
          <nav aria-label="Sections">
            <a href="#overview">Overview</a> <a href="#flows">Flows</a>
            <a href="#requirements">Requirements</a> <a href="#controls">Controls</a>
            <a href="#findings">Findings</a> <a href="#unknowns">Unknowns</a> <a href="#waivers">Waivers</a>
            <a href="#provenance">Provenance</a>
          </nav>
        </header>
        <main id="main" tabindex="-1">
          ${renderOverview(result)} ${renderFlows(flows, layouts)} ${renderRequirements(result)}
          ${renderControls(result)} ${renderFindings(result)} ${renderUnknowns(result)}
          ${renderWaivers(result)} ${renderProvenance(result)}
        </main>
        <footer>
          <p>Headgate ${result.tool.version}. This report is self-contained and makes no network requests.</p>
        </footer>
        ${raw('script', dataMark, ' type="application/json" id="data"')} ${raw('script', script)}
      </body>
    </html> `;
  const [head = '', foot = ''] = `${page.text.trimEnd()}\n`.split(dataMark);
  return joined(head, embeddedParts(result), foot);
}

function* joined(head: string, data: Iterable<string>, foot: string): Generator<string> {
  yield head;
  yield* data;
  yield foot;
}

/** An element whose text is not markup; outside a template, for the policy's hash counts every character. */
function raw(tag: 'script' | 'style', text: string, attributes = ''): Markup {
  return new Markup(`<${tag}${attributes}>${text}</${tag}>`);
}

function titleOf({ summary }: ScanResult): string {
  return summary.fail === 0 ? 'no failed checks' : plural(summary.fail, 'failed check');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
