import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import type { RenderOptions } from './render-options.ts';

export type { RenderOptions } from './render-options.ts';

/** A report format: how it is asked for, what its files end in, what it is for. */
export interface ReportFormatDescription {
  readonly name: ReportFormat;
  readonly extension: string;
  readonly description: string;
}

type Text = string | Iterable<string>;
type Render = (result: ScanResult, options: RenderOptions) => Text | Promise<Text>;

// Imported on demand: a scan pays at start for the one format that it writes.
const renderers = {
  console: async () => (await import('./console.ts')).renderConsole,
  json: async () => (await import('./json.ts')).renderJson,
  sarif: async () => (await import('./sarif.ts')).renderSarif,
  html: async () => (await import('./html/render-html.ts')).renderHtml,
  junit: async () => (await import('./junit.ts')).renderJunit,
  markdown: async () => (await import('./markdown.ts')).renderMarkdown,
  csv: async () => (await import('./csv.ts')).renderCsv,
  gitlab: async () => (await import('./gitlab.ts')).renderGitlab,
  annotations: async () => (await import('./annotations.ts')).renderAnnotations,
  asff: async () => (await import('./asff.ts')).renderAsff,
  ocsf: async () => (await import('./ocsf.ts')).renderOcsf,
  oscal: async () => (await import('./oscal.ts')).renderOscal,
} as const satisfies Readonly<Record<string, () => Promise<Render>>>;

/** Name of a format. */
export type ReportFormat = keyof typeof renderers;

/** Every format, in the order in which help lists them. */
export const reportFormats: readonly ReportFormatDescription[] = [
  { name: 'console', extension: '.txt', description: 'text for a terminal' },
  { name: 'json', extension: '.json', description: 'the whole result; contract in result.schema.json' },
  { name: 'sarif', extension: '.sarif', description: 'SARIF 2.1.0 for code scanning and editors' },
  { name: 'html', extension: '.html', description: 'one self-contained page for auditors' },
  {
    name: 'junit',
    extension: '.xml',
    description: 'JUnit XML: a suite for each rule, a case for each resource',
  },
  { name: 'markdown', extension: '.md', description: 'pull request comment or job summary' },
  { name: 'csv', extension: '.csv', description: 'a row for each evaluation' },
  { name: 'gitlab', extension: '.json', description: 'GitLab Code Quality' },
  { name: 'annotations', extension: '.txt', description: 'GitHub workflow commands' },
  { name: 'asff', extension: '.json', description: 'findings for AWS Security Hub CSPM' },
  { name: 'ocsf', extension: '.json', description: 'OCSF 1.8.0 Compliance Finding events' },
  { name: 'oscal', extension: '.json', description: 'OSCAL 1.2.1 assessment results' },
];

/** True for the name of a format. */
export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(renderers, name);
}

/**
 * The result as text in a format, in one piece; of very large results a string cannot hold that: see
 * `renderReportParts`. Pure: same result, options and version, same bytes.
 * Throws `HeadgateError` `report-format-unknown` for a name that is no format.
 */
export async function renderReport(
  format: string,
  result: ScanResult,
  options: RenderOptions = {},
): Promise<string> {
  return [...(await renderReportParts(format, result, options))].join('');
}

function withoutFollowing(result: ScanResult): ScanResult {
  if (result.evaluations.every(({ followsFrom }) => followsFrom === undefined)) return result;
  return {
    ...result,
    evaluations: result.evaluations.filter(({ followsFrom }) => followsFrom === undefined),
  };
}

/** The text of `renderReport` in parts, each made when it is asked for, so that it is never held whole. */
export async function renderReportParts(
  format: string,
  result: ScanResult,
  options: RenderOptions = {},
): Promise<Iterable<string>> {
  if (!isReportFormat(format)) {
    const names = reportFormats.map(({ name }) => name).join(', ');
    throw new HeadgateError(
      'report-format-unknown',
      `Unknown report format \`${format}\`. Use one of: ${names}.`,
    );
  }
  const render: Render = await renderers[format]();
  // What another failure tells stands in the reports of everything, not in the lists of findings.
  const isWhole = format === 'json' || format === 'oscal';
  const text = await render(isWhole ? result : withoutFollowing(result), options);
  return typeof text === 'string' ? [text] : text;
}
