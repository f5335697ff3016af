import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type {
  ClientCapabilities,
  CodeAction,
  CodeLens,
  Diagnostic,
  Hover,
  MarkupContent,
  TextDocumentEdit,
} from 'vscode-languageserver-protocol/node';
import { planOf } from '../unit/terraform/scan-plan.ts';
import { codes, command, EditorClient, workspaceWith } from './editor-client.ts';

const app = `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs8.10
      Handler: index.handler
      Code: {ZipFile: exports.handler}
      Role: arn:aws:iam::111122223333:role/worker
      Timeout: 20
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Orders.Arn
      FunctionName: !Ref Worker
`;
const configured = { 'template.yaml': app, 'headgate.yaml': 'level: standard\n' };
const runtimeLine = 9;
const has =
  (...wanted: readonly string[]) =>
  (found: readonly Diagnostic[]): boolean =>
    wanted.every((code) => found.some((each) => each.code === code));
const lacks =
  (code: string) =>
  (found: readonly Diagnostic[]): boolean =>
    found.every((each) => each.code !== code);
const resolving: ClientCapabilities = {
  textDocument: { codeAction: { dataSupport: true, resolveSupport: { properties: ['edit'] } } },
  workspace: { workspaceEdit: { documentChanges: true, snippetEditSupport: true } },
};

async function start(
  files: Readonly<Record<string, string>>,
  options: ConstructorParameters<typeof EditorClient>[1] = {},
): Promise<EditorClient> {
  const editor = new EditorClient(workspaceWith(files), options);
  await editor.initialize(options);
  return editor;
}

async function waiversOn(editor: EditorClient, name: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
  return (await actionsOn(editor, name, diagnostic)).filter(({ title }) => title.startsWith('Waive '));
}

async function actionsOn(editor: EditorClient, name: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
  return editor.request('textDocument/codeAction', {
    textDocument: { uri: editor.uri(name) },
    range: diagnostic.range,
    context: { diagnostics: [diagnostic] },
  });
}

/** The text after edits of one file, which hold plain texts or snippets without what they ask for. */
function applied(text: string, edits: TextDocumentEdit['edits'], answer = ''): string {
  const starts = [0, ...[...text.matchAll(/\r\n|\n/g)].map(({ 0: end, index }) => index + end.length)];
  const offset = ({ line, character }: { line: number; character: number }): number =>
    (starts[line] ?? text.length) + character;
  let result = text;
  for (const edit of edits.toReversed()) {
    const written =
      'snippet' in edit
        ? edit.snippet.value.replace('${1:reason}', answer).replace(/\\([\\$}])/g, '$1')
        : edit.newText;
    result = result.slice(0, offset(edit.range.start)) + written + result.slice(offset(edit.range.end));
  }
  return result;
}

describe('diagnostics', () => {
  it('stand at the property of an unsaved buffer, and follow what is typed', async () => {
    const editor = await start(configured);
    await editor.open('template.yaml', app);
    const first = await editor.until('template.yaml', has('all.lambda.runtime'));
    expect(first.find(({ code }) => code === 'all.lambda.runtime')).toMatchObject({
      range: { start: { line: runtimeLine, character: 15 }, end: { line: runtimeLine, character: 25 } },
      severity: 2,
      source: 'headgate',
    });
    const version = await editor.type(
      'template.yaml',
      [runtimeLine, 15],
      [runtimeLine, 25],
      'nodejs24.x\n      # a line more',
    );
    const second = await editor.until('template.yaml', lacks('all.lambda.runtime'));
    expect(editor.published.at(-1)?.version).toBe(version);
    // What stands below has moved by a line.
    const mapping = (found: readonly Diagnostic[]): number | undefined =>
      found.find(({ code }) => code === 'batch.mapping.partial-failure')?.range.start.line;
    expect(mapping(second)).toBe((mapping(first) ?? 0) + 1);
    expect(await editor.end()).toBe(0);
  });

  it('are those of the last change, whatever came before it', async () => {
    const editor = await start(configured);
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    let last = 1;
    for (let index = 0; index < 30; index++)
      last = await editor.type('template.yaml', [0, 0], [0, 0], `# ${index}\n`);
    const found = await editor.until(
      'template.yaml',
      (all) => all.find(({ code }) => code === 'all.lambda.runtime')?.range.start.line === runtimeLine + 30,
    );
    expect(found.length).toBeGreaterThan(1);
    const versions = editor.published.flatMap(({ version }) => version ?? []);
    expect(versions.at(-1)).toBe(last);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(await editor.end()).toBe(0);
  });

  it('are about the whole application, with what is open in its files', async () => {
    const parent = `Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./child/queue.yaml, Parameters: {Seconds: '1'}}
`;
    const child = `Parameters:
  Seconds: {Type: Number}
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties: {Runtime: nodejs8.10, Handler: a.b, Code: {ZipFile: x}, Role: 'arn:aws:iam::111122223333:role/x'}
`;
    const editor = await start({ 'parent.yaml': parent, 'child/queue.yaml': child, 'headgate.yaml': '{}' });
    await editor.open('parent.yaml', parent);
    await editor.open('child/queue.yaml', child);
    await editor.until('child/queue.yaml', has('all.lambda.runtime'));
    await editor.type('child/queue.yaml', [5, 26], [5, 36], 'nodejs24.x');
    await editor.until('child/queue.yaml', lacks('all.lambda.runtime'));
    expect(await editor.end()).toBe(0);
  });

  it('follow an unsaved document that a template includes', async () => {
    const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      DefinitionUri: ./openapi.yaml
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: a.b
      InlineCode: exports.b
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Orders, Path: /orders, Method: get}}
`;
    const openapi = `openapi: 3.0.1
components:
  securitySchemes:
    iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
paths:
  /orders:
    get:
      x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/x/invocations}
`;
    const editor = await start({
      'template.yaml': template,
      'openapi.yaml': openapi,
      'headgate.yaml': '{}',
    });
    await editor.open('template.yaml', template);
    await editor.open('openapi.yaml', openapi);
    const found = await editor.until('template.yaml', has('api.authorizer.present'));
    expect(found.find(({ code }) => code === 'api.authorizer.present')?.range.start.line).toBe(6);
    await editor.type('openapi.yaml', [7, 0], [7, 0], '      security: [{iam: []}]\n');
    await editor.until('template.yaml', lacks('api.authorizer.present'));
    expect(await editor.end()).toBe(0);
  });

  it('of one file outlive a mistake in another, which is shown at its place', async () => {
    const broken = 'Resources:\n  A: {Type: AWS::SQS::Queue\n';
    const editor = await start({ ...configured, 'other.yaml': broken });
    await editor.open('template.yaml', app);
    await editor.open('other.yaml', broken);
    const other = await editor.until('other.yaml', (all) => all.length > 0);
    expect(other[0]).toMatchObject({
      severity: 1,
      range: { start: { line: expect.any(Number) as unknown as number } },
    });
    expect(codes(await editor.until('template.yaml', (all) => all.length > 0))).toContain(
      'all.lambda.runtime',
    );
    await editor.type('template.yaml', [2, 0], [2, 0], '\t{');
    const now = await editor.until('template.yaml', lacks('all.lambda.runtime'));
    expect(now.length).toBeGreaterThan(0);
    expect(await editor.end()).toBe(0);
  });

  it('of the configuration stand in it, and findings stay', async () => {
    const editor = await start(configured);
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    await editor.open('headgate.yaml', 'level: standard\n');
    await editor.type('headgate.yaml', [1, 0], [1, 0], 'levle: standard\n');
    const problems = await editor.until('headgate.yaml', (all) => all.length > 0);
    expect(problems).toMatchObject([
      {
        range: { start: { line: 1, character: 0 } },
        message: expect.stringContaining('levle') as unknown as string,
      },
    ]);
    expect(codes(editor.diagnosticsOf('template.yaml') ?? [])).toContain('all.lambda.runtime');
    await editor.type('headgate.yaml', [1, 0], [2, 0], "exclude: ['template.yaml']\n");
    expect(await editor.until('headgate.yaml', (all) => all.length === 0)).toEqual([]);
    // What the configuration leaves out has none.
    expect(await editor.until('template.yaml', (all) => all.length === 0)).toEqual([]);
    expect(await editor.end()).toBe(0);
  });

  it('of a configuration that is broken from the start are shown without its being open', async () => {
    const editor = await start({ ...configured, 'headgate.yaml': 'level: nonsense\n' });
    await editor.open('template.yaml', app);
    expect(await editor.until('headgate.yaml', (all) => all.length > 0)).toMatchObject([{ severity: 1 }]);
    writeFileSync(join(editor.folder, 'headgate.yaml'), 'level: standard\n');
    await editor.changedOnDisk('headgate.yaml', 2);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    await editor.until('headgate.yaml', (all) => all.length === 0);
    expect(await editor.end()).toBe(0);
  });

  it('go when a file is closed or removed', async () => {
    const editor = await start({ ...configured, 'second.yaml': app });
    await editor.open('template.yaml', app);
    await editor.open('second.yaml', app);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    await editor.until('second.yaml', has('all.lambda.runtime'));
    await editor.close('second.yaml');
    await editor.until('second.yaml', (all) => all.length === 0);
    rmSync(join(editor.folder, 'template.yaml'));
    await editor.changedOnDisk('template.yaml', 3);
    await editor.until('template.yaml', (all) => all.length === 0);
    expect(await editor.end()).toBe(0);
  });

  it('of files that are not open are shown where that is set', async () => {
    const editor = await start(
      { ...configured, 'second.yaml': app },
      { initializationOptions: { files: 'application' } },
    );
    await editor.open('template.yaml', app);
    await editor.until('second.yaml', has('all.lambda.runtime'));
    rmSync(join(editor.folder, 'second.yaml'));
    await editor.changedOnDisk('second.yaml', 3);
    await editor.until('second.yaml', (all) => all.length === 0);
    expect(await editor.end()).toBe(0);
  });

  it('wait for a save, and leave out what is milder, as the settings say', async () => {
    const editor = await start(configured, {
      capabilities: { workspace: { configuration: true } },
      settings: { run: 'onSave', minimumSeverity: 'medium', unknown: 'off' },
    });
    await editor.open('template.yaml', app);
    const found = await editor.until('template.yaml', has('all.lambda.runtime'));
    expect(found.filter(({ severity = 4 }) => severity > 2)).toEqual([]);
    const before = editor.published.length;
    await editor.type('template.yaml', [runtimeLine, 15], [runtimeLine, 25], 'nodejs24.x');
    // An answer to a later request shows that the change was taken in.
    await editor.request('textDocument/codeLens', { textDocument: { uri: editor.uri('template.yaml') } });
    expect(editor.published.length).toBe(before);
    await editor.save('template.yaml');
    await editor.until('template.yaml', lacks('all.lambda.runtime'));
    await editor.configure({ minimumSeverity: 'often' });
    await editor.wait(() => editor.logged.find((text) => text.includes('`minimumSeverity` has no effect')));
    expect(await editor.end()).toBe(0);
  });

  it('of a Terraform plan stand in its sources', async () => {
    const source = `resource "aws_lambda_function" "worker" {
  function_name = "worker"
  runtime       = "nodejs8.10"
  role          = "arn:aws:iam::111122223333:role/worker"
}
`;
    const plan = planOf(
      [
        {
          address: 'aws_lambda_function.worker',
          after: {
            function_name: 'worker',
            runtime: 'nodejs8.10',
            role: 'arn:aws:iam::111122223333:role/worker',
          },
        },
      ],
      {
        root_module: {
          resources: [
            {
              address: 'aws_lambda_function.worker',
              type: 'aws_lambda_function',
              name: 'worker',
              mode: 'managed',
              expressions: { runtime: { constant_value: 'nodejs8.10' } },
            },
          ],
        },
      },
    );
    const editor = await start({
      'main.tf': source,
      'plan.json': JSON.stringify(plan),
      'headgate.yaml': '{}',
    });
    await editor.open('main.tf', source, 'terraform');
    const found = await editor.until('main.tf', has('all.lambda.runtime'));
    expect(found.find(({ code }) => code === 'all.lambda.runtime')?.range.start.line).toBe(2);
    await editor.type('main.tf', [0, 0], [0, 0], '# moves everything\n\n');
    await editor.until(
      'main.tf',
      (all) => all.find(({ code }) => code === 'all.lambda.runtime')?.range.start.line === 4,
    );
    const runtime = (editor.diagnosticsOf('main.tf') ?? []).find(({ code }) => code === 'all.lambda.runtime');
    const [action] = runtime === undefined ? [] : await waiversOn(editor, 'main.tf', runtime);
    expect(JSON.stringify(action?.edit)).toContain('# headgate:ignore all.lambda.runtime ');
    expect(await editor.end()).toBe(0);
  });
});

describe('hover', () => {
  const at = async (editor: EditorClient): Promise<string> => {
    const hover: Hover | null = await editor.request('textDocument/hover', {
      textDocument: { uri: editor.uri('template.yaml') },
      position: { line: runtimeLine, character: 17 },
    });
    return (hover?.contents as MarkupContent | undefined)?.value ?? '';
  };

  it('tells why, on what, and how to repair', async () => {
    const editor = await start(configured, {
      capabilities: { textDocument: { hover: { contentFormat: ['markdown', 'plaintext'] } } },
    });
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    const text = await at(editor);
    expect(text).toContain('`all.lambda.runtime`');
    expect(text).toMatch(/\*\*Why\*\*[\s\S]*\*\*Fix\*\*/);
    expect(text).toContain('Runtime of Worker: nodejs8\\.10');
    const nothing = await editor.request('textDocument/hover', {
      textDocument: { uri: editor.uri('template.yaml') },
      position: { line: 0, character: 1 },
    });
    expect(nothing).toBeNull();
    expect(await editor.end()).toBe(0);
  });

  it('is plain text for a client that shows nothing else', async () => {
    const editor = await start(configured);
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    expect(await at(editor)).toMatch(/^(?!.*[*`]{2}).*all\.lambda\.runtime/);
    expect(await editor.end()).toBe(0);
  });
});

describe('code lenses', () => {
  it('tell the verdict of flows at entries and functions', async () => {
    const editor = await start(configured);
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('all.lambda.runtime'));
    const lenses: CodeLens[] = await editor.request('textDocument/codeLens', {
      textDocument: { uri: editor.uri('template.yaml') },
    });
    expect(lenses.map(({ range, command: shown }) => [range.start.line, shown?.title])).toEqual([
      [2, expect.stringMatching(/^SQS \+ Lambda Batch Processing Flow: \d+ failed, \d+ unknown$/)],
      [6, expect.stringMatching(/^batch flow from Orders: \d+ failed, \d+ unknown$/)],
    ]);
    expect(lenses[0]?.command?.command).toBe('');
    expect(await editor.end()).toBe(0);
  });
});

describe('waiving with a reason', () => {
  it('writes a comment that waives, with the reason left to fill in', async () => {
    const editor = await start(configured, { capabilities: resolving });
    await editor.open('template.yaml', app);
    const found = await editor.until('template.yaml', has('all.lambda.runtime', 'batch.dlq.redrive'));
    let text = app;
    for (const code of ['all.lambda.runtime', 'batch.dlq.redrive']) {
      const diagnostic = found.find((each) => each.code === code);
      const [action] = diagnostic === undefined ? [] : await waiversOn(editor, 'template.yaml', diagnostic);
      expect(action).toMatchObject({ title: `Waive ${code} here with a reason`, kind: 'quickfix' });
      expect(action?.edit).toBeUndefined();
      const resolved: CodeAction = await editor.request('codeAction/resolve', action);
      const [change] = (resolved.edit?.documentChanges ?? []) as TextDocumentEdit[];
      expect(change?.textDocument).toEqual({ uri: editor.uri('template.yaml'), version: 1 });
      if (code === 'all.lambda.runtime') text = applied(app, change?.edits ?? [], 'moved next week');
    }
    expect(text.split('\n')[runtimeLine]).toBe('      # headgate:ignore all.lambda.runtime moved next week');
    await editor.type('template.yaml', [0, 0], [99, 0], text);
    await editor.until('template.yaml', lacks('all.lambda.runtime'));
    expect(await editor.end()).toBe(0);
  });

  it('writes Metadata into JSON, for a client that waits for no edit', async () => {
    const json = `{
  "Resources": {
    "Worker": {
      "Type": "AWS::Lambda::Function",
      "Properties": {
        "Runtime": "nodejs8.10", "Handler": "a.b", "Code": {"ZipFile": "x"}, "Role": "arn:aws:iam::111122223333:role/x"
      }
    }
  }
}
`;
    const editor = await start({ 'template.json': json, 'headgate.yaml': '{}' });
    await editor.open('template.json', json, 'json');
    const found = await editor.until('template.json', has('all.lambda.runtime'));
    const runtime = found.find(({ code }) => code === 'all.lambda.runtime');
    const [action] = runtime === undefined ? [] : await waiversOn(editor, 'template.json', runtime);
    const edits = action?.edit?.changes?.[editor.uri('template.json')] ?? [];
    const text = applied(json, edits);
    expect(JSON.parse(text)).toMatchObject({
      Resources: {
        Worker: {
          Metadata: { headgate: { ignore: [{ rule: 'all.lambda.runtime', reason: '' }] } },
          Type: 'AWS::Lambda::Function',
        },
      },
    });
    expect(await editor.end()).toBe(0);
  });

  it('is not offered for another text than the one that was checked', async () => {
    const editor = await start(configured, { capabilities: resolving });
    await editor.open('template.yaml', app);
    const found = await editor.until('template.yaml', has('all.lambda.runtime'));
    const runtime = found.find(({ code }) => code === 'all.lambda.runtime');
    const [action] = runtime === undefined ? [] : await waiversOn(editor, 'template.yaml', runtime);
    await editor.type('template.yaml', [0, 0], [0, 0], '# moved\n');
    const resolved: CodeAction = await editor.request('codeAction/resolve', action);
    expect(resolved.edit).toBeUndefined();
    expect(await editor.end()).toBe(0);
  });
});

describe('fixes', () => {
  const changesOf = (action: CodeAction | undefined): TextDocumentEdit[] =>
    (action?.edit?.documentChanges ?? []) as TextDocumentEdit[];

  it('are offered by what they do, and repair the finding in the unsaved text', async () => {
    const editor = await start(configured, { capabilities: resolving });
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('batch.queue.visibility-timeout'));
    // Nothing of this is on disk.
    await editor.type('template.yaml', [0, 0], [0, 0], '# unsaved\n');
    const found = await editor.until(
      'template.yaml',
      (all) => all.find(({ code }) => code === 'batch.queue.visibility-timeout')?.range.start.line === 6,
    );
    const diagnostic = found.find(({ code }) => code === 'batch.queue.visibility-timeout');
    const [fix] = diagnostic === undefined ? [] : await actionsOn(editor, 'template.yaml', diagnostic);
    expect(fix).toMatchObject({ kind: 'quickfix', isPreferred: true });
    expect(fix?.title).toMatch(/^Set `VisibilityTimeout` of `Orders` to /);
    const resolved: CodeAction = await editor.request('codeAction/resolve', fix);
    const [change, ...others] = changesOf(resolved);
    expect(others).toEqual([]);
    expect(change?.textDocument).toEqual({ uri: editor.uri('template.yaml'), version: 2 });
    const text = applied(`# unsaved\n${app}`, change?.edits ?? []);
    expect(text).toMatch(/^# unsaved\n[\s\S]*VisibilityTimeout: 120\n/);
    expect(text.split('\n')).toHaveLength(app.split('\n').length + 1);
    await editor.type('template.yaml', [0, 0], [99, 0], text);
    await editor.until('template.yaml', lacks('batch.queue.visibility-timeout'));
    expect(await editor.end()).toBe(0);
  });

  it('that change behavior say so, and are not preferred', async () => {
    const editor = await start(configured, { capabilities: resolving });
    await editor.open('template.yaml', app);
    const found = await editor.until('template.yaml', has('batch.dlq.redrive'));
    const diagnostic = found.find(({ code }) => code === 'batch.dlq.redrive');
    const [fix] = diagnostic === undefined ? [] : await actionsOn(editor, 'template.yaml', diagnostic);
    expect(fix?.title).toContain('(unsafe');
    expect(fix?.isPreferred).toBeUndefined();
    const resolved: CodeAction = await editor.request('codeAction/resolve', fix);
    const text = applied(app, changesOf(resolved)[0]?.edits ?? []);
    expect(text).toContain('RedrivePolicy');
    await editor.type('template.yaml', [0, 0], [99, 0], text);
    await editor.until('template.yaml', lacks('batch.dlq.redrive'));
    expect(await editor.end()).toBe(0);
  });

  it('that are safe are made at once where that is asked for', async () => {
    const editor = await start(configured, { capabilities: resolving });
    await editor.open('template.yaml', app);
    await editor.until('template.yaml', has('batch.queue.visibility-timeout'));
    const [all] = await editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri('template.yaml') },
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    expect(all?.kind).toBe('source.fixAll.headgate');
    const resolved: CodeAction = await editor.request('codeAction/resolve', all);
    const text = applied(app, changesOf(resolved)[0]?.edits ?? []);
    expect(text).toContain('VisibilityTimeout: 120');
    expect(text).not.toContain('RedrivePolicy');
    expect(await editor.end()).toBe(0);
  });
});

describe('what is not shown', () => {
  it('is a secret, in any answer', async () => {
    const secret = 'correct-horse-battery-staple';
    const text = `Parameters:
  Password: {Type: String, NoEcho: true, Default: ${secret}}
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs8.10
      Handler: a.b
      Code: {ZipFile: x}
      Role: arn:aws:iam::111122223333:role/x
      Description: !Ref Password
      Environment: {Variables: {DB_PASSWORD: ${secret}, API_KEY: !Ref Password, URL: !Sub 'https://u:\${Password}@h/'}}
`;
    const editor = await start({ 'template.yaml': text, 'headgate.yaml': '{}' });
    await editor.open('template.yaml', text);
    const found = await editor.until('template.yaml', has('all.lambda.no-plaintext-secrets'));
    const answers: unknown[] = [editor.published, editor.logged];
    for (const diagnostic of found) {
      answers.push(
        await editor.request('textDocument/hover', {
          textDocument: { uri: editor.uri('template.yaml') },
          position: diagnostic.range.start,
        }),
        await actionsOn(editor, 'template.yaml', diagnostic),
      );
    }
    answers.push(
      await editor.request('textDocument/codeLens', { textDocument: { uri: editor.uri('template.yaml') } }),
    );
    const everything = JSON.stringify(answers);
    expect(everything).toContain('DB_PASSWORD');
    expect(everything).not.toContain(secret);
    expect(await editor.end()).toBe(0);
  });

  it('is a folder that nothing marks as an application', async () => {
    const folder = workspaceWith({
      'here/one.yaml': app,
      'here/below/two.yaml': app,
      'here/package.json': '{}',
    });
    const editor = new EditorClient(folder);
    await editor.initialize({ initializationOptions: { files: 'application' } });
    await editor.open('here/package.json', '{}', 'json');
    await editor.open('here/one.yaml', app);
    await editor.until('here/one.yaml', has('all.lambda.runtime'));
    expect(editor.diagnosticsOf('here/below/two.yaml')).toBeUndefined();
    expect(await editor.end()).toBe(0);
  });
});

describe('the process', () => {
  it('ends with code 1 when the editor goes away without a word', async () => {
    const editor = await start(configured);
    editor.child.stdin?.end();
    expect(await editor.exited).toBe(1);
  });

  it('ends when the process of the editor is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => gone.on('exit', resolve));
    const editor = new EditorClient(workspaceWith(configured));
    await editor.connection.sendRequest('initialize', {
      processId: gone.pid,
      rootUri: editor.uri(''),
      capabilities: {},
    });
    expect(await editor.exited).toBe(1);
  });

  it('writes nothing but the protocol, and help says what it is', async () => {
    const child = spawn(process.execPath, [command, 'lsp', '--help'], { stdio: 'pipe' });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
    expect(text).toContain('language server');
  });
});
