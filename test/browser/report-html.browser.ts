// The HTML report in a real browser. CHROMIUM names its executable, by default /usr/bin/chromium.
// Run with: npm run jest -- --testMatch '<rootDir>/test/browser/*.browser.ts'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { renderHtml } from '../unit/report/as-text.ts';
import { hostileResult, largeResult, scanResult } from '../unit/report/scan-result-fixture.ts';

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'headgate-browser-'));
const addresses: Record<string, string> = {};
let browser: Browser;

beforeAll(async () => {
  const results = { plain: scanResult(), hostile: hostileResult(), large: largeResult(20_000) };
  for (const [name, result] of Object.entries(results)) {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, await renderHtml(result));
    addresses[name] = pathToFileURL(file).href;
  }
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  });
}, 60_000);

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Opens a report; everything that the page complains of or asks the network for is gathered. */
async function open(
  name: string,
  options: { hash?: string; colorScheme?: 'light' | 'dark'; javaScriptEnabled?: boolean } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const { hash = '', ...context } = options;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...context });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(`${addresses[name] ?? ''}${hash}`);
  return { page, complaints };
}

const rowCount = (page: Page) => page.locator('#table tbody tr:not(.detail)').count();
const shown = (page: Page) => page.locator('#shown').innerText();

async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  // The page has axe from the line above; its type is not known here.
  const run =
    '(async () => (await axe.run(document)).violations.flatMap((v) => v.nodes.map((n) => v.id + " " + n.target)))()';
  return page.evaluate<string[]>(run);
}

describe('the report in a browser', () => {
  it('opens from a file with nothing asked of the network and nothing to complain of', async () => {
    const { page, complaints } = await open('plain');
    expect(await page.locator('h2').first().innerText()).toBe('Failed: 3 failed checks');
    expect(await rowCount(page)).toBe(3);
    expect(await shown(page)).toBe('1 to 3 of 3 findings, out of 9 evaluations');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility finding in %s',
    async (colorScheme) => {
      const { page } = await open('plain', { colorScheme, hash: '#findings?verdict=all' });
      for (const button of await page.locator('button.open').all()) await button.click();
      await page.evaluate('for (const folded of document.querySelectorAll("details")) folded.open = true');
      expect(await axeFindings(page)).toEqual([]);
      await page.close();
    },
    60_000,
  );

  it('runs no text of the input', async () => {
    const { page, complaints } = await open('hostile', { hash: '#findings?verdict=all' });
    for (const button of await page.locator('button.open').all()) await button.click();
    expect(await page.locator('img, iframe, main script').count()).toBe(0);
    const links = await page
      .locator('a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.filter((link) => !/^(#|https:)/.test(link))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('filters, keeps the filters in the address, and restores them from it', async () => {
    const { page } = await open('plain');
    await page.selectOption('select[name=verdict]', 'all');
    await page.selectOption('select[name=service]', 'SQS');
    await page.selectOption('select[name=waived]', 'yes');
    expect(await rowCount(page)).toBe(1);
    await page.fill('input[name=q]', 'jobsqueue  VISIBILITY');
    expect(await rowCount(page)).toBe(1);
    const { hash } = new URL(page.url());
    expect(hash).toBe('#findings?q=jobsqueue++VISIBILITY&verdict=all&service=SQS&waived=yes');
    const { page: other } = await open('plain', { hash });
    expect(await rowCount(other)).toBe(1);
    expect(await other.inputValue('select[name=service]')).toBe('SQS');
    await other.click('button[type=reset]');
    expect(await rowCount(other)).toBe(3);
    await page.fill('input[name=q]', 'nothing like it');
    expect(await shown(page)).toBe('No findings match the filters (9 evaluations in total).');
    await Promise.all([page.close(), other.close()]);
  });

  it('finds what decides a control by the id of the control', async () => {
    const result = scanResult();
    const failing = new Set(
      result.evaluations.filter(({ verdict }) => verdict === 'fail').map(({ ruleId }) => ruleId),
    );
    const rule = result.ruleSet.rules.find(({ id, controls }) => failing.has(id) && controls.length > 0);
    const control = rule?.controls[0];
    const decided = result.ruleSet.rules
      .filter(({ controls }) =>
        controls.some(({ framework, id }) => framework === control?.framework && id === control.id),
      )
      .map(({ id }) => id);
    const { page, complaints } = await open('plain');
    await page.selectOption('select[name=verdict]', 'all');
    await page.fill('input[name=q]', control?.id.toLowerCase() ?? '');
    const found = await page.locator('#table tbody tr:not(.detail)').allInnerTexts();
    expect(found.length).toBe(result.evaluations.filter(({ ruleId }) => decided.includes(ruleId)).length);
    for (const row of found) expect(decided.some((id) => row.includes(id))).toBe(true);
    // And the view by control leads there.
    expect(await page.locator('#controls').innerText()).toContain(control?.id);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('leads from a node of a diagram to its findings, their evidence and fix', async () => {
    const { page } = await open('plain');
    await page.locator('svg a', { hasText: 'AWS WAF' }).click();
    // The list is drawn anew after the click: wait for the line that says what limits it.
    expect(await page.locator('.limit').innerText()).toContain('node waf');
    // The failure first, then what passes of the node's other statement.
    expect(await rowCount(page)).toBe(2);
    await page.locator('button.open').first().press('Enter');
    const detail = await page.locator('tr.detail').first().innerText();
    expect(detail).toContain('Associate a regional web ACL with the stage.');
    expect(detail).toContain('web ACL associations of ProdStage');
    expect(await page.locator('button.open').first().getAttribute('aria-expanded')).toBe('true');
    await page.locator('.limit').click();
    expect(await page.locator('.limit').count()).toBe(0);
    await page.goBack();
    await page.close();
  });

  it('can be walked with the keyboard alone', async () => {
    const { page } = await open('plain');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the report');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.locator('select[name=verdict]').focus();
    await page.keyboard.type('Unk');
    expect(await rowCount(page)).toBe(2);
    await page.close();
  });

  it('prints, with the findings in full', async () => {
    const { page } = await open('plain');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('tr.detail:not([hidden])').count()).toBe(3);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('tr.detail:not([hidden])').count()).toBe(0);
    await page.close();
  });

  it.each([
    ['A4', 182],
    ['Letter', 187.9],
  ])('is cut off nowhere on paper: %s', async (_format, millimetres) => {
    // The page without its margins, at 96 dots an inch.
    const width = Math.floor((millimetres / 25.4) * 96);
    for (const name of ['plain', 'hostile']) {
      const { page } = await open(name);
      await page.setViewportSize({ width, height: 1000 });
      await page.emulateMedia({ media: 'print' });
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      const beyond = await page.evaluate<string[]>(
        `[...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > ${width} + 1 && !each.closest('svg')).map((each) => each.tagName + ' ' + each.className + ' ' + each.textContent.slice(0, 40))`,
      );
      expect(beyond).toEqual([]);
      await page.close();
    }
  });

  it('prints a long report on few pages, says what it leaves out, and prints everything when asked to', async () => {
    const { page } = await open('large', { hash: '#findings?verdict=all' });
    await page.emulateMedia({ media: 'print' });
    const print = () => page.evaluate("dispatchEvent(new Event('beforeprint'))");
    const rows = () => page.locator('#table > tbody > tr:not(.detail)').count();
    await print();
    expect(await rows()).toBe(100);
    expect(await page.locator('tr.detail:not([hidden])').count()).toBe(10);
    expect(await shown(page)).toContain('Choose "Print everything"');
    expect(await page.locator('header nav').isVisible()).toBe(true);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await page.emulateMedia({ media: 'screen' });
    await page.locator('#print-all').check();
    await print();
    expect(await rows()).toBe(5000);
    await page.close();
    const { page: fresh } = await open('large');
    const pdf = (await fresh.pdf({ format: 'A4' })).toString('latin1');
    // Each page of a PDF is an object of its own.
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length).toBeLessThanOrEqual(60);
    await fresh.close();
  });

  it('says everything but the list of findings without a script', async () => {
    const { page } = await open('plain', { javaScriptEnabled: false });
    const text = await page.locator('main').innerText();
    expect(text).toContain('The list of findings needs JavaScript.');
    expect(text).toContain('team-orders');
    expect(await page.locator('#filters').isVisible()).toBe(false);
    await page.close();
  });

  it('fits a narrow screen', async () => {
    const page = await browser.newPage({ viewport: { width: 380, height: 800 } });
    await page.goto(addresses['plain'] ?? '');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
    // A finding is a card there: nothing of it is reached by scrolling sideways alone.
    await page.locator('button.open').first().click();
    expect(await page.evaluate("document.querySelector('#table').scrollWidth")).toBeLessThanOrEqual(380);
    await page.close();
  });

  it('pages through 20,000 evaluations', async () => {
    const { page, complaints } = await open('large', { hash: '#findings?verdict=all' });
    expect(await shown(page)).toBe('1 to 50 of 20,000 findings, out of 20,000 evaluations');
    await page.getByRole('button', { name: 'Last' }).click();
    expect(await shown(page)).toBe('19,951 to 20,000 of 20,000 findings, out of 20,000 evaluations');
    expect(new URL(page.url()).hash).toBe('#findings?verdict=all&page=400');
    await page.fill('input[name=q]', 'service-33-function us-east-1');
    expect(await shown(page)).toMatch(/^1 to \d of \d findings/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
