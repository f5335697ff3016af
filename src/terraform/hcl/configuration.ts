import type { Expression, HclAttribute, HclBlock, HclBody, HclFile } from './syntax.ts';

/** Something declared, with the file that it stands in. */
export interface Declared<T> {
  readonly file: HclFile;
  readonly node: T;
}

/** What the files of one folder declare together. */
export interface SourceModule {
  /** Path of its folder from the root module; `.` for the root. */
  readonly folder: string;
  readonly files: readonly HclFile[];
  readonly variables: ReadonlyMap<string, Declared<HclBlock>>;
  readonly locals: ReadonlyMap<string, Declared<HclAttribute>>;
  /** By `aws_sqs_queue.q` or `data.aws_vpc.main`. */
  readonly resources: ReadonlyMap<string, Declared<HclBlock>>;
  readonly calls: ReadonlyMap<string, Declared<HclBlock>>;
  readonly outputs: ReadonlyMap<string, Declared<HclBlock>>;
}

/** A root module and what it calls: by `module.api.module.routes`, without keys; empty for the root. */
export interface Configuration {
  readonly modules: ReadonlyMap<string, SourceModule>;
  /** Values of the root module's variables in `*.tfvars`; the last one counts. */
  readonly assigned: ReadonlyMap<string, Declared<HclAttribute>>;
}

/** Puts the files of a folder together; files named `override` change what the others declare. */
export function sourceModule(folder: string, files: readonly HclFile[]): SourceModule {
  const isOverride = ({ file }: HclFile): boolean => /(?:^|[/_])override\.tf(?:\.json)?$/.test(file);
  const ordered = [...files.filter((file) => !isOverride(file)), ...files.filter(isOverride)];
  const variables = new Map<string, Declared<HclBlock>>();
  const locals = new Map<string, Declared<HclAttribute>>();
  const resources = new Map<string, Declared<HclBlock>>();
  const calls = new Map<string, Declared<HclBlock>>();
  const outputs = new Map<string, Declared<HclBlock>>();
  for (const file of ordered) {
    for (const block of blocksIn(file.body)) {
      const [first = '', second = ''] = block.labels.map(({ text }) => text);
      if (block.type === 'locals')
        for (const node of attributesIn(block.body)) locals.set(node.name, { file, node });
      else if (block.type === 'variable') declare(variables, first, file, block);
      else if (block.type === 'resource') declare(resources, `${first}.${second}`, file, block);
      else if (block.type === 'data') declare(resources, `data.${first}.${second}`, file, block);
      else if (block.type === 'module') declare(calls, first, file, block);
      else if (block.type === 'output') declare(outputs, first, file, block);
      else if (block.type === 'check')
        for (const inner of blocksIn(block.body))
          if (inner.type === 'data')
            declare(resources, `data.${inner.labels.map(({ text }) => text).join('.')}`, file, inner);
    }
  }
  return { folder, files, variables, locals, resources, calls, outputs };
}

/**
 * Declares a block. One that an override file changes is taken over only where it replaces all of it: what is
 * merged of two files is left to the plan.
 */
function declare(all: Map<string, Declared<HclBlock>>, name: string, file: HclFile, node: HclBlock): void {
  const known = all.get(name);
  if (known?.file === file) return;
  const names = new Set(node.body.items.map(nameOf));
  if (known === undefined || known.node.body.items.every((item) => names.has(nameOf(item))))
    all.set(name, { file, node });
  else all.delete(name);
}

function nameOf(item: HclAttribute | HclBlock): string {
  return item.kind === 'attribute' ? item.name : item.type;
}

export function blocksIn(body: HclBody): readonly HclBlock[] {
  return body.items.filter((item) => item.kind === 'block');
}

export function attributesIn(body: HclBody): readonly HclAttribute[] {
  return body.items.filter((item) => item.kind === 'attribute');
}

/** The argument of a block by its name. */
export function attributeIn(body: HclBody, name: string): HclAttribute | undefined {
  return attributesIn(body).find((attribute) => attribute.name === name);
}

/** The text of an expression that is plain text; undefined for any other. */
export function plainText(expression: Expression | undefined): string | undefined {
  if (expression?.kind !== 'template') return undefined;
  const { parts } = expression;
  return parts.every((part) => part.kind === 'text') ? parts.map(({ value }) => value).join('') : undefined;
}

/** The value at a key of an object that is written out. */
export function memberIn(expression: Expression | undefined, name: string): Expression | undefined {
  if (expression?.kind !== 'object') return undefined;
  return expression.items.find(({ key }) => plainText(key) === name)?.value;
}
