// The findings of the page: filters, table, pages. Its state is the address, so that a view can be shared.
import { filterNames } from '../report-data.ts';
import type { EvaluationRow, FilterName, ReportData } from '../report-data.ts';
import { toCsv } from './csv.ts';
import { byId, element } from './dom.ts';
import { Findings, formatView, parseView } from './model.ts';
import type { View } from './model.ts';
import { RowWriter } from './rows.ts';

const pageSize = 50;
/** What goes to paper: rows, and how many of them with their details. Everything is what a browser can still lay out. */
const printed = { short: { rows: 100, details: 10 }, everything: { rows: 5000, details: 500 } };
/** So many findings are printed whole in any case. */
const shortReport = 40;

class FindingsTable {
  private readonly findings: Findings;
  private readonly rows: RowWriter;
  private readonly form = byId('filters', HTMLFormElement);
  private readonly table = byId('table', HTMLTableElement);
  private readonly shown = byId('shown', HTMLElement);
  private readonly limits = byId('limits', HTMLElement);
  private readonly pages = byId('pages', HTMLElement);
  private readonly everything = byId('print-all', HTMLInputElement);
  private opened: readonly HTMLDetailsElement[] = [];
  private view: View = parseView('');
  private found: readonly EvaluationRow[] = [];

  constructor(private readonly data: ReportData) {
    this.findings = new Findings(data);
    this.rows = new RowWriter(data);
    this.form.hidden = false;
    this.table.hidden = false;
    this.form.addEventListener('input', () => {
      this.setFilters(this.readForm());
    });
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
    });
    this.form.addEventListener('reset', (event) => {
      event.preventDefault();
      this.change(parseView(''));
    });
    const save = byId('export', HTMLButtonElement);
    save.hidden = false;
    save.addEventListener('click', () => {
      this.saveCsv();
    });
    addEventListener('hashchange', () => {
      this.follow();
    });
    addEventListener('beforeprint', () => {
      this.showForPrint();
    });
    addEventListener('afterprint', () => {
      this.endPrint();
    });
    byId('print-option', HTMLElement).hidden = false;
    this.follow();
  }

  /** Shows what the address says; other addresses are the browser's own business, a folded diagram aside. */
  private follow(): void {
    const { hash } = location;
    if (!hash.startsWith('#findings')) {
      const target = document.getElementById(hash.slice(1));
      if (target instanceof HTMLDetailsElement) target.open = true;
      if (this.found.length === 0) this.show(parseView(''));
      return;
    }
    this.show(parseView(hash));
    const title = byId('findings-title', HTMLElement);
    title.scrollIntoView();
    title.focus({ preventScroll: true });
  }

  private change(view: View): void {
    history.replaceState(null, '', formatView(view));
    this.show(view);
  }

  private setFilters(changed: Partial<Record<FilterName, string>>): void {
    this.change({ filters: { ...this.view.filters, ...changed }, page: 1 });
  }

  private readForm(): Partial<Record<FilterName, string>> {
    const values = new FormData(this.form);
    const offered = filterNames.filter((name) => values.has(name));
    return Object.fromEntries(offered.map((name) => [name, String(values.get(name))]));
  }

  private show(view: View): void {
    this.view = view;
    this.found = this.findings.find(view);
    this.fillForm();
    this.showLimits();
    this.showPage();
  }

  private fillForm(): void {
    for (const name of filterNames) {
      const field = this.form.elements.namedItem(name);
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
      if (field.value !== this.view.filters[name]) field.value = this.view.filters[name];
    }
  }

  /** Filters that came with a link and have no field of their own, each with a button that ends it. */
  private showLimits(): void {
    const hidden = (['node', 'rule', 'requirement'] as const).filter(
      (name) => this.view.filters[name] !== '',
    );
    this.limits.replaceChildren(
      ...hidden.map((name) => {
        const label = `${name} ${this.view.filters[name]}`;
        const button = element(
          'button',
          { type: 'button', class: 'limit', 'aria-label': `Remove filter: ${label}` },
          `${label} ✕`,
        );
        button.addEventListener('click', () => {
          this.setFilters({ [name]: '' });
        });
        return button;
      }),
    );
  }

  private showPage(): void {
    const pages = Math.max(1, Math.ceil(this.found.length / pageSize));
    const page = Math.min(this.view.page, pages);
    const start = (page - 1) * pageSize;
    const rows = this.found.slice(start, start + pageSize);
    this.showRows(rows);
    const count = (value: number) => value.toLocaleString('en-US');
    const total = `${count(this.data.evaluations.length)} evaluations`;
    this.shown.textContent =
      rows.length === 0
        ? `No findings match the filters (${total} in total).`
        : `${count(start + 1)} to ${count(start + rows.length)} of ${count(this.found.length)} findings, out of ${total}`;
    this.showPageButtons(page, pages);
  }

  /** All rows that the filters leave, as a file that the page makes itself. */
  private saveCsv(): void {
    const file = new Blob([toCsv(this.data, this.found)], { type: 'text/csv' });
    const address = URL.createObjectURL(file);
    element('a', { href: address, download: 'headgate-findings.csv' }).click();
    URL.revokeObjectURL(address);
  }

  private showForPrint(): void {
    const { checked } = this.everything;
    document.documentElement.classList.toggle('print-all', checked);
    const { length } = this.found;
    const isShort = length <= shortReport;
    const limit = checked ? printed.everything : isShort ? { rows: length, details: length } : printed.short;
    this.showRows(this.found.slice(0, limit.rows));
    const buttons = [...this.table.querySelectorAll<HTMLButtonElement>('button.open')];
    for (const button of buttons.slice(0, limit.details)) button.click();
    // Folded diagrams would be missing on paper; of many flows the table says which failed.
    const folded = [...document.querySelectorAll<HTMLDetailsElement>('#flows details:not([open])')];
    this.opened = checked || folded.length <= 5 ? folded : [];
    for (const details of this.opened) details.open = true;
    if (length > limit.details)
      this.shown.textContent = `The first ${Math.min(length, limit.rows)} of ${length} findings, the first ${limit.details} in full. Choose "Print everything" for an appendix with all of them, or save them as CSV.`;
  }

  private endPrint(): void {
    for (const details of this.opened) details.open = false;
    this.opened = [];
    this.showPage();
  }

  private showRows(rows: readonly EvaluationRow[]): void {
    const body = this.table.tBodies[0];
    body?.replaceChildren(...rows.flatMap((row, index) => this.rows.write(row, index)));
  }

  private showPageButtons(page: number, pages: number): void {
    this.pages.replaceChildren();
    if (pages === 1) return;
    const button = (label: string, target: number) => {
      const made = element(
        'button',
        { type: 'button', ...(target < 1 || target > pages ? { disabled: '' } : {}) },
        label,
      );
      made.addEventListener('click', () => {
        this.change({ ...this.view, page: target });
        byId('findings-title', HTMLElement).scrollIntoView();
      });
      return made;
    };
    this.pages.append(
      button('First', page === 1 ? 0 : 1),
      button('Previous', page - 1),
      element('span', {}, `Page ${page} of ${pages}`),
      button('Next', page + 1),
      button('Last', page === pages ? pages + 1 : pages),
    );
  }
}

// The report's own script wrote this JSON, in the shape of ReportData.
new FindingsTable(JSON.parse(byId('data', HTMLScriptElement).textContent ?? '') as ReportData);
