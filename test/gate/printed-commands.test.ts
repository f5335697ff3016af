import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { encodeSnapshot } from '../../src/account/snapshot.ts';
import { collect } from '../account/collect.ts';
import { ordersAccount } from '../account/orders-account.ts';
import { folderWith, headgate } from './command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'reference-stack/README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

interface Printed {
  readonly page: string;
  readonly line: string;
  readonly argv: readonly string[];
}

/** The commands of Headgate in the shell blocks of a page, without comments and redirections. */
function printedIn(page: string): readonly Printed[] {
  const blocks = [...read(page).matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .flatMap((text) => text.split(' && '))
    .map((text) =>
      text
        .trim()
        .replace(/^cat \S+ \| /, '')
        .replace(/^node scripts\/dev\.mjs /, 'headgate '),
    )
    .filter((text) => /^(npx )?headgate /.test(text))
    .map((line) => {
      const bare = line.replace(/\s+#.*$/, '').replace(/\s+(?:>\s*\S+|\| .*)$/, '');
      const words = [...bare.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      return { page, line, argv: words.slice(words.indexOf('headgate') + 1) };
    });
}

/** Commands that need an account, a fingerprint or a folder of the reader: only their options are checked. */
const needsMore = ({ argv, line }: Printed): boolean =>
  (argv[0] === 'audit' && !argv.includes('--from')) ||
  argv[0] === 'collect' ||
  argv[0] === 'publish' ||
  argv[0] === 'lsp' ||
  argv[0] === 'mcp' ||
  argv.includes('--watch') ||
  /explain [0-9a-f]{6,}$|\/etc\/|cloudformation|scan -( |$)/.test(line);

const printed = [...new Map(pages.flatMap(printedIn).map((each) => [each.argv.join('\0'), each])).values()];
const template = read('examples/orders-api.yaml');

/** A folder with the files that the pages speak of. */
async function workplace(): Promise<string> {
  const { reading } = await collect(ordersAccount);
  const options = { takenAt: new Date(0), version: '0', key: Buffer.alloc(32, 7), findSecrets: () => [] };
  const assembly = {
    'cdk.out/manifest.json': {
      version: '36.0.0',
      artifacts: {
        Orders: {
          type: 'aws:cloudformation:stack',
          environment: 'aws://unknown-account/unknown-region',
          properties: { templateFile: 'Orders.template.json' },
        },
      },
    },
    'cdk.out/Orders.template.json': { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } },
  };
  const parent = folderWith({
    'before/template.yaml': template,
    'before/cdk.out/manifest.json': assembly['cdk.out/manifest.json'],
    'before/cdk.out/Orders.template.json': assembly['cdk.out/Orders.template.json'],
    'app/template.yaml': template,
    'app/examples/orders-api.yaml': template,
    'app/account.json.gz': encodeSnapshot(reading, options),
    'app/plan.json': {
      format_version: '1.2',
      terraform_version: '1.11.4',
      planned_values: {},
      configuration: {},
      resource_changes: [],
    },
    ...Object.fromEntries(Object.entries(assembly).map(([name, content]) => [`app/${name}`, content])),
    ...Object.fromEntries(
      Object.entries(assembly).map(([name, content]) => [
        `app/out/${name.replace('cdk.out', 'cdk')}`,
        content,
      ]),
    ),
  });
  const cwd = join(parent, 'app');
  for (const file of ['result.json', 'before.json', 'after.json', 'old.json', 'new.json', 'headgate.json'])
    await headgate(cwd, 'scan', 'cdk.out', '--format', 'json', '--output', file);
  await headgate(cwd, 'baseline', 'write', 'cdk.out');
  return cwd;
}

describe('commands that the pages print', () => {
  it('are found', () => {
    expect(printed.length).toBeGreaterThan(30);
    expect(printed.filter((each) => !needsMore(each)).length).toBeGreaterThan(20);
  });

  it('run as printed where they need no account', async () => {
    const cwd = await workplace();
    const failed: string[] = [];
    for (const each of printed.filter((one) => !needsMore(one))) {
      const { code, stderr } = await headgate(cwd, ...each.argv);
      if (code !== 0 && code !== 1) failed.push(`${each.page}: ${each.line}: ${stderr}`);
    }
    expect(failed).toEqual([]);
  }, 300_000);

  it('have only options that exist', async () => {
    const wrong: string[] = [];
    for (const { page, line, argv } of printed) {
      const options = argv.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? word);
      const names = argv.slice(0, ['baseline', 'publish', 'rules'].includes(argv[0] ?? '') ? 2 : 1);
      const { stdout } = await headgate(root, ...names, '--help');
      for (const option of options)
        if (!new RegExp(`${option}\\b`).test(stdout)) wrong.push(`${page}: ${line}: ${option}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('output that the pages print', () => {
  it.each(['README.md', 'docs/get-started.md'])('is what the example gives: %s', async (page) => {
    const { stdout } = await headgate(root, 'scan', 'examples/orders-api.yaml');
    const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
    const excerpts = [...read(page).matchAll(/^```text\n([\s\S]*?)^```/gm)].map(([, text = '']) =>
      flat(text),
    );
    expect(excerpts.length).toBeGreaterThan(0);
    for (const excerpt of excerpts) expect(flat(stdout)).toContain(excerpt);
  });

  it('counts the rules as the rule set does', async () => {
    const { stdout } = await headgate(root, 'rules', 'list', '--json');
    const count = (JSON.parse(stdout) as unknown[]).length;
    expect(read('README.md')).toContain(`against ${count} security and reliability rules`);
  });
});
