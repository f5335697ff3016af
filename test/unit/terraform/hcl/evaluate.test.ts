import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SecretTexts } from '../../../../src/model/secret-texts.ts';
import type { Choice } from '../../../../src/model/value.ts';
import { PartialString, Reference, Unresolved, type Value } from '../../../../src/model/value.ts';
import { readJsonText } from '../../../../src/model/json-text.ts';
import { hclFunctions, unevaluated } from '../../../../src/terraform/hcl/functions/index.ts';
import { joinFolders, loadConfiguration } from '../../../../src/terraform/hcl/load-configuration.ts';
import type { DeploymentFacts, InstanceName } from '../../../../src/terraform/hcl/instance-name.ts';
import { SourceEvaluator } from '../../../../src/terraform/hcl/source-evaluator.ts';
import {
  EncodedTerm,
  force,
  isObjectTerm,
  itemsOf,
  membersOf,
  textOfEncoded,
  type Term,
} from '../../../../src/terraform/hcl/terms.ts';

const planned = join(import.meta.dirname, 'planned');

interface Given {
  readonly facts?: DeploymentFacts;
  readonly secrets?: SecretTexts;
}

/** An evaluator of files by their paths from the root module. */
async function evaluatorOf(
  files: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<SourceEvaluator> {
  const { configuration, diagnostics, readFile } = await loadConfiguration({
    filesIn: (folder) => {
      const found = Object.entries(files).flatMap(([path, text]) => {
        const base = path.slice(path.lastIndexOf('/') + 1);
        return joinFolders(folder, base) === path ? [{ base, name: path, text }] : [];
      });
      return Promise.resolve(found.length === 0 ? undefined : found);
    },
    folderOf: () => undefined,
    readFile: (path) => files[path],
  });
  expect(diagnostics).toEqual([]);
  return new SourceEvaluator({ configuration, secrets: new SecretTexts(), readFile, ...given });
}

/** A term as `terraform output -json` prints it. */
function printed(term: Term): unknown {
  const found = force(term);
  if (found instanceof EncodedTerm) return textOfEncoded(found);
  const items = itemsOf(found);
  if (items !== undefined) return items.map(printed);
  if (!isObjectTerm(found)) return found;
  return Object.fromEntries(membersOf(found).map(([key, item]) => [key, printed(item)]));
}

function instance(address: string): InstanceName {
  const [, module = '', resource = '', key] =
    /^((?:module\.[^.[]+(?:\[[^\]]*\])?\.?)*?)\.?((?:data\.)?\w+\.\w+)(?:\[(.*)\])?$/.exec(address) ?? [];
  return {
    address,
    module,
    resource,
    ...(key === undefined ? {} : { key: JSON.parse(key) as string | number }),
  };
}

/** The value of an argument in one file. */
async function valueAt(
  text: string,
  address: string,
  path: readonly (string | number)[],
  given?: Given,
): Promise<Value | undefined> {
  const evaluator = await evaluatorOf({ 'main.tf': text }, given);
  return evaluator.valueAt(instance(address), path, undefined, true);
}

describe('functions', () => {
  it('give what Terraform gives', async () => {
    const evaluator = await evaluatorOf({ 'main.tf': await readFile(join(planned, 'functions.tf'), 'utf8') });
    const expected = JSON.parse(await readFile(join(planned, 'functions.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    for (const [name, value] of Object.entries(expected))
      expect([name, printed(evaluator.scopeOf('')?.output(name) ?? null)]).toEqual([name, value]);
  });

  it('are evaluated, or named with why they are not', async () => {
    const names = (await readFile(join(planned, 'function-names.txt'), 'utf8')).trim().split(/\s+/);
    expect(names.length).toBeGreaterThan(100);
    const known = [...hclFunctions.keys(), ...unevaluated.keys(), 'try', 'can'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect([...unevaluated.keys()].filter((name) => hclFunctions.has(name))).toEqual([]);
  });

  it('that are not evaluated leave a value that names their text', async () => {
    expect(
      await valueAt('resource "a" "b" {\n  x = formatdate("YYYY", plantimestamp())\n}\n', 'a.b', ['x']),
    ).toMatchObject({
      cause: { message: '`formatdate("YYYY", plantimestamp())` reckons with time' },
    });
    expect(await valueAt('resource "a" "b" {\n  x = [nonsense(1)]\n}\n', 'a.b', ['x'])).toMatchObject([
      { cause: { message: '`nonsense(1)` calls a function that Headgate does not support' } },
    ]);
  });
});

describe('references', () => {
  const queues =
    'resource "aws_sqs_queue" "q" {\n  for_each = toset(["b", "a"])\n  name = "q-${each.key}"\n}\nresource "aws_sqs_queue" "n" { count = 2 }\nresource "aws_sqs_queue" "one" {}\n';
  const ref = (address: string, attribute: string): Reference => new Reference(address, attribute);

  it('lead to instances by their keys, and splats to all of them', async () => {
    const text = `${queues}resource "x" "y" {
      one   = aws_sqs_queue.q["a"].arn
      all   = aws_sqs_queue.n[*].arn
      keyed = { for k, q in aws_sqs_queue.q : k => q.arn }
      self  = aws_sqs_queue.one.*.arn
      name  = aws_sqs_queue.q["b"].name
      text  = "\${aws_sqs_queue.one.arn}/*"
    }\n`;
    const evaluator = await evaluatorOf({ 'main.tf': text });
    const at = (name: string): Value | undefined =>
      evaluator.valueAt(instance('x.y'), [name], undefined, true);
    expect(at('one')).toEqual(ref('aws_sqs_queue.q["a"]', 'arn'));
    expect(at('all')).toEqual([ref('aws_sqs_queue.n[0]', 'arn'), ref('aws_sqs_queue.n[1]', 'arn')]);
    expect(at('keyed')).toEqual({
      a: ref('aws_sqs_queue.q["a"]', 'arn'),
      b: ref('aws_sqs_queue.q["b"]', 'arn'),
    });
    expect(at('self')).toEqual([ref('aws_sqs_queue.one', 'arn')]);
    expect(at('name')).toBe('q-b');
    expect(at('text')).toEqual(new PartialString([ref('aws_sqs_queue.one', 'arn'), '/*']));
  });

  it('lead through modules, their inputs, outputs and keys', async () => {
    const evaluator = await evaluatorOf({
      'main.tf':
        'resource "t" "dlq" { }\nmodule "w" {\n  for_each = { a = { n = 1 }, b = { n = 2 } }\n  source = "./modules/w"\n  size = each.value.n\n  dlq = { arn = t.dlq.arn }\n}\nresource "x" "y" { target = module.w["b"].arn\n all = [for m in module.w : m.arn]\n}\n',
      'modules/w/main.tf':
        'variable "size" { type = string }\nvariable "dlq" {}\nresource "f" "this" {\n  name = "w-${var.size}"\n  dead { target = var.dlq.arn }\n}\noutput "arn" { value = f.this.arn }\n',
    });
    expect(evaluator.valueAt(instance('x.y'), ['target'], undefined, true)).toEqual(
      ref('module.w["b"].f.this', 'arn'),
    );
    expect(evaluator.valueAt(instance('x.y'), ['all'], undefined, true)).toEqual([
      ref('module.w["a"].f.this', 'arn'),
      ref('module.w["b"].f.this', 'arn'),
    ]);
    const inner: InstanceName = {
      address: 'module.w["b"].f.this',
      module: 'module.w["b"]',
      resource: 'f.this',
    };
    expect(evaluator.valueAt(inner, ['name'], undefined, true)).toBe('w-2');
    expect(evaluator.valueAt(inner, ['dead', 0, 'target'], undefined, true)).toEqual(ref('t.dlq', 'arn'));
    expect(evaluator.placeOf(inner, ['dead', 0, 'target'])).toMatchObject({
      file: 'modules/w/main.tf',
      start: 108,
    });
    expect(evaluator.callPlaceOf('module.w["b"]')).toMatchObject({ file: 'main.tf' });
  });

  it('follow what a plan says of keys and attributes', async () => {
    const facts: DeploymentFacts = {
      keysOf: (_, resource) => (resource === 't.n' ? [0, 1, 2] : undefined),
      attributeOf: ({ address }, path) =>
        address === 't.n[2]' && path[0] === 'arn' ? 'arn:known' : undefined,
      variables: new Map([['stage', 'prod']]),
    };
    const text =
      'variable "stage" { default = "dev" }\nresource "t" "n" { count = data.z.z.n }\ndata "z" "z" {}\nresource "x" "y" { a = t.n[*].arn\n b = var.stage\n}\n';
    expect(await valueAt(text, 'x.y', ['a'], { facts })).toEqual([
      ref('t.n[0]', 'arn'),
      ref('t.n[1]', 'arn'),
      'arn:known',
    ]);
    expect(await valueAt(text, 'x.y', ['b'], { facts })).toBe('prod');
  });

  it('that lead back to themselves are unknown', async () => {
    const text = 'locals {\n  a = local.b\n  b = [local.a]\n}\nresource "x" "y" { v = local.a }\n';
    expect(JSON.stringify(await valueAt(text, 'x.y', ['v']))).toContain('refers to itself');
  });
});

describe('conditions', () => {
  it('that are known pick a side, and others keep both', async () => {
    const text =
      'variable "on" { default = true }\nvariable "given" {}\nresource "t" "a" {}\nresource "x" "y" {\n  v = var.on ? t.a.arn : "none"\n  w = var.given ? "x" : null\n  u = "${var.given == "p" ? "prod" : "dev"}-q"\n  z = var.given ? "same" : "same"\n n = t.a.arn == null ? 1 : 2\n}\n';
    const evaluator = await evaluatorOf({ 'main.tf': text });
    const at = (name: string): Value | undefined =>
      evaluator.valueAt(instance('x.y'), [name], undefined, true);
    expect(at('v')).toEqual(new Reference('t.a', 'arn'));
    const choice = at('w') as Choice;
    expect([choice.whenTrue, choice.whenFalse]).toEqual(['x', undefined]);
    expect(choice.cause).toMatchObject({
      code: 'condition',
      message: 'the condition `var.given` is not known: variable `given` has no value',
    });
    const text2 = at('u') as Choice;
    expect([text2.whenTrue, text2.whenFalse]).toEqual(['prod-q', 'dev-q']);
    expect(at('z')).toBe('same');
    expect(at('n')).toBe(2);
  });
});

describe('documents', () => {
  it('of jsonencode keep what they are made of, and are texts with holes inside of others', async () => {
    const text =
      'resource "t" "a" {}\nresource "x" "y" {\n  p = jsonencode({ Statement = [{ Resource = ["${t.a.arn}/*", t.a.arn], N = 5, Z = null }] })\n  q = jsonencode({ inner = jsonencode({ a = t.a.arn }) })\n}\n';
    const arn = new Reference('t.a', 'arn');
    expect(await valueAt(text, 'x.y', ['p'])).toEqual({
      Statement: [{ N: 5, Resource: [new PartialString([arn, '/*']), arn], Z: null }],
    });
    const evaluator = await evaluatorOf({ 'main.tf': text });
    const asText = evaluator.valueAt(instance('x.y'), ['p'], undefined, false);
    expect(asText).toBeInstanceOf(PartialString);
    expect(readJsonText(asText)).toEqual(await valueAt(text, 'x.y', ['p']));
    const nested = (await valueAt(text, 'x.y', ['q'])) as Record<string, Value>;
    expect(nested['inner']).toEqual(new PartialString(['{"a":"', arn, '"}']));
  });

  it('of aws_iam_policy_document are made of their statements', async () => {
    const text = `resource "t" "a" {}
      data "aws_iam_policy_document" "base" {
        statement {
          sid     = "Base"
          actions = ["s3:GetObject"]
          resources = ["\${t.a.arn}/&{aws:username}"]
        }
        statement {
          sid    = "Other"
          effect = "Deny"
          not_actions = ["s3:*"]
          principals {
            type        = "AWS"
            identifiers = ["a", "b"]
          }
          principals {
            type        = "Service"
            identifiers = ["lambda.amazonaws.com"]
          }
          condition {
            test     = "Bool"
            variable = "aws:SecureTransport"
            values   = ["false"]
          }
        }
      }
      data "aws_iam_policy_document" "all" {
        source_policy_documents = [data.aws_iam_policy_document.base.json]
        dynamic "statement" {
          for_each = ["x", "y"]
          content {
            sid       = statement.key == 0 ? "Base" : "New"
            actions   = ["sqs:\${statement.value}"]
            resources = ["*"]
            principals {
              type        = "*"
              identifiers = ["*"]
            }
          }
        }
      }
      resource "x" "y" { policy = data.aws_iam_policy_document.all.json }\n`;
    expect(await valueAt(text, 'x.y', ['policy'])).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Base', Effect: 'Allow', Action: 'sqs:x', Resource: '*', Principal: '*' },
        {
          Sid: 'Other',
          Effect: 'Deny',
          NotAction: 's3:*',
          Principal: { AWS: ['a', 'b'], Service: 'lambda.amazonaws.com' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        { Sid: 'New', Effect: 'Allow', Action: 'sqs:y', Resource: '*', Principal: '*' },
      ],
    });
    const base = text.replace(
      'data.aws_iam_policy_document.all.json',
      'data.aws_iam_policy_document.base.json',
    );
    expect(await valueAt(base, 'x.y', ['policy'])).toMatchObject({
      Statement: [{ Resource: new PartialString([new Reference('t.a', 'arn'), '/${aws:username}']) }, {}],
    });
  });

  it('of templatefile are rendered with their variables, and files outside are not read', async () => {
    const evaluator = await evaluatorOf({
      'main.tf':
        'resource "t" "a" {}\nresource "x" "y" {\n  p = templatefile("${path.module}/p.json", { arn = t.a.arn, list = [1, 2] })\n  f = file("./p.json")\n  o = file("../secret")\n}\n',
      'p.json': '{"r": "${arn}", "l": [%{ for i, n in list }%{ if i > 0 },%{ endif }${n}%{ endfor }]}',
    });
    const at = (name: string): Value | undefined =>
      evaluator.valueAt(instance('x.y'), [name], undefined, true);
    expect(readJsonText(at('p'))).toEqual({ r: new Reference('t.a', 'arn'), l: [1, 2] });
    expect(at('f')).toContain('${arn}');
    expect(at('o')).toMatchObject({ cause: { message: '`file("../secret")` is not evaluated' } });
  });
});

describe('blocks', () => {
  const text = `variable "rules" { default = [{ port = 443, to = "a" }, { port = 80, to = "b" }] }
    resource "t" "a" {}
    resource "x" "y" {
      dynamic "ingress" {
        for_each = var.rules
        iterator = rule
        content {
          port = rule.value.port
          to   = "\${t.a.arn}-\${rule.value.to}"
        }
      }
      ingress {
        port = 22
        to   = t.a.arn
      }
      nested { deep { value = t.a.id } }
    }\n`;
  const suffixed = (suffix: string): PartialString =>
    new PartialString([new Reference('t.a', 'arn'), suffix]);

  it('are told apart in a set by what the plan knows of them', async () => {
    const evaluator = await evaluatorOf({ 'main.tf': text });
    const after = { ingress: [{ port: 22 }, { port: 80 }, { port: 443 }] };
    const at = (index: number): Value | undefined =>
      evaluator.valueAt(instance('x.y'), ['ingress', index, 'to'], after, true);
    expect([at(0), at(1), at(2)]).toEqual([new Reference('t.a', 'arn'), suffixed('-b'), suffixed('-a')]);
    expect(evaluator.valueAt(instance('x.y'), ['nested', 0, 'deep', 0, 'value'], undefined, true)).toEqual(
      new Reference('t.a', 'id'),
    );
    expect(evaluator.valueAt(instance('x.y'), ['absent'], undefined, true)).toBeUndefined();
  });

  it('of a set that the plan does not tell apart are unknown, and those that are alike are not', async () => {
    const block = (port: string, value: string): string => `  rule {\n${port}    to = ${value}\n  }\n`;
    const two = `resource "t" "a" {}\nresource "x" "y" {\n${block('    port = 1\n', 't.a.arn')}${block('', 't.a.id')}}\n`;
    const evaluator = await evaluatorOf({ 'main.tf': two });
    const at = (index: number, rule: readonly object[]): Value | undefined =>
      evaluator.valueAt(instance('x.y'), ['rule', index, 'to'], { rule }, true);
    // The second block has no port of its own, so that the first element could be either; the other one settles it.
    const elements = [{ port: 5 }, { port: 1 }];
    expect(at(0, elements)).toEqual(new Reference('t.a', 'id'));
    expect(at(1, elements)).toEqual(new Reference('t.a', 'arn'));
    const alike = [{ port: 1 }, { port: 1 }];
    expect([at(0, alike), at(1, alike)]).toEqual([new Reference('t.a', 'arn'), new Reference('t.a', 'id')]);
    expect(
      at(0, [
        { port: 1, id: 'x' },
        { port: 1, id: 'y' },
      ]),
    ).toEqual(new Reference('t.a', 'arn'));
    expect(at(0, [{ port: 1 }, { port: null }])).toEqual(new Reference('t.a', 'arn'));
    expect(at(0, [{}, { port: 1 }])).toBeInstanceOf(Unresolved);
  });

  it('have places: the argument, else the block that lacks it', async () => {
    const evaluator = await evaluatorOf({ 'main.tf': text });
    const shown = (path: readonly (string | number)[]): string => {
      const { start = 0, end = 0 } = evaluator.placeOf(instance('x.y'), path) ?? {};
      return text.slice(start, end);
    };
    expect(shown(['nested', 0, 'deep', 0, 'value'])).toBe('value = t.a.id');
    expect(shown(['nested', 0, 'deep', 0, 'other'])).toBe('deep');
    expect(shown(['absent', 0])).toBe('resource "x" "y"');
    expect(shown([])).toBe('resource "x" "y"');
  });

  it('of JSON files are objects and lists of them', async () => {
    const json = JSON.stringify({
      resource: {
        t: { a: {} },
        x: {
          y: {
            one: { v: '${t.a.arn}' },
            two: [{ v: 1 }, { v: '${t.a.id}' }],
            dynamic: { three: { for_each: ['k'], content: { v: '${three.value}' } } },
          },
        },
      },
    });
    const evaluator = await evaluatorOf({ 'main.tf.json': json });
    const at = (...path: (string | number)[]): Value | undefined =>
      evaluator.valueAt(instance('x.y'), path, undefined, true);
    expect(at('one', 0, 'v')).toEqual(new Reference('t.a', 'arn'));
    expect(at('two', 1, 'v')).toEqual(new Reference('t.a', 'id'));
    expect(at('three', 0, 'v')).toBe('k');
  });
});

describe('CDK for Terraform', () => {
  it('keeps the path of the construct that wrote a block', async () => {
    const metadata = { metadata: { path: 'stack/Queue/Resource', uniqueId: 'Queue_1' } };
    const json = JSON.stringify({
      resource: { aws_sqs_queue: { Queue_1: { '//': metadata, name: 'q' }, other: {} } },
    });
    const evaluator = await evaluatorOf({ 'cdk.tf.json': json });
    expect(evaluator.constructPathOf(instance('aws_sqs_queue.Queue_1'))).toBe('stack/Queue/Resource');
    expect(evaluator.constructPathOf(instance('aws_sqs_queue.other'))).toBeUndefined();
    const { start = 0, end = 0 } = evaluator.placeOf(instance('aws_sqs_queue.Queue_1'), ['name']) ?? {};
    expect(json.slice(start, end)).toBe('"name":"q"');
  });
});

describe('secrets', () => {
  it('are what is sensitive, and what is made of it', async () => {
    const secrets = new SecretTexts();
    const text =
      'variable "password" {\n  default = "hunter2hunter2"\n  sensitive = true\n}\nresource "x" "y" {\n  a = base64encode("u:${var.password}")\n  b = sensitive("other-secret")\n  c = upper(var.password)\n}\n';
    const evaluator = await evaluatorOf({ 'main.tf': text }, { secrets });
    for (const name of ['a', 'b', 'c']) {
      const value = evaluator.valueAt(instance('x.y'), [name], undefined, true);
      expect(secrets.isIn(String(value))).toBe(true);
    }
    expect(secrets.isIn('hunter2hunter2')).toBe(true);
  });
});

describe('hostile configurations', () => {
  const doubling = Array.from(
    { length: 60 },
    (_, index) => `a${index + 1} = "\${local.a${index}}\${local.a${index}}"`,
  ).join('\n');
  const chain = Array.from({ length: 5_000 }, (_, index) => `a${index + 1} = local.a${index}`).join('\n');

  it.each([
    ['doubled texts', `locals {\na0 = "xxxxxxxxxxxxxxxx"\n${doubling}\n}\n`, 'local.a60'],
    ['long chains', `locals {\na0 = 1\n${chain}\n}\n`, 'local.a5000'],
    ['products', 'locals { l = range(1000) }\n', 'setproduct(local.l, local.l, local.l, local.l)'],
    [
      'loops in loops',
      'locals { l = range(1000) }\n',
      '[for a in local.l : [for b in local.l : [for c in local.l : 1]]]',
    ],
  ])('with %s end as unknown', async (_, locals, expression) => {
    const value = await valueAt(`${locals}resource "x" "y" { v = ${expression} }\n`, 'x.y', ['v']);
    expect(value).toBeInstanceOf(Unresolved);
    expect((value as Unresolved).cause.message).toBe('the configuration is too large to evaluate');
  });

  it('cannot take linear patterns apart', async () => {
    const text = `resource "x" "y" { v = can(regex("^(a+)+$", "${'a'.repeat(5_000)}!")) }\n`;
    expect(await valueAt(text, 'x.y', ['v'])).toBe(false);
  });
});
