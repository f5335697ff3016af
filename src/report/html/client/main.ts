// The findings of the page: filters, table, pages. Its state is the address, so that a view can be shared.
import { filterNames } from '../report-data.ts';
import type { EvaluationRow, FilterName, ReportData } from '../report-data.ts';
import { byId, element } from './dom.ts';
import { Findings, formatView, parseView } from './model.ts';
import type { View } from './model.ts';
import { RowWriter } from './rows.ts';

const pageSize = 50;
const printLimit = 2000;

class FindingsTable {
  private readonly findings: Findings;
  private readonly rows: RowWriter;
  private readonly form = byId('filters', HTMLFormElement);
  private readonly table = byId('table', HTMLTableElement);
  private readonly shown = byId('shown', HTMLElement);
  private readonly limits = byId('limits', HTMLElement);
  private readonly pages = byId('pages', HTMLElement);
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
    addEventListener('hashchange', () => {
      this.follow();
    });
    addEventListener('beforeprint', () => {
      this.showRows(this.found.slice(0, printLimit), true);
    });
    addEventListener('afterprint', () => {
      this.showPage();
    });
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
          { type: 'button', class: 'limit', 'aria-label': `Remove limit to ${label}` },
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
    this.showRows(rows, false);
    const total = this.data.evaluations.length.toLocaleString('en-US');
    this.shown.textContent =
      rows.length === 0
        ? `No finding matches; there are ${total} evaluations.`
        : `${start + 1} to ${start + rows.length} of ${this.found.length.toLocaleString('en-US')} findings, out of ${total} evaluations`;
    this.showPageButtons(page, pages);
  }

  private showRows(rows: readonly EvaluationRow[], open: boolean): void {
    const body = this.table.tBodies[0];
    body?.replaceChildren(...rows.flatMap((row, index) => this.rows.write(row, index)));
    if (open)
      for (const button of this.table.querySelectorAll<HTMLButtonElement>('button.open')) button.click();
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
