import { createHash } from 'node:crypto';
import type { SymbolicLocation } from '../model/location.ts';
import type { Resource } from '../model/resource.ts';
import type { ScanInput } from '../model/scan-result.ts';
import type { SourceDiagnostic, SourceReading, SourceSuppression } from '../model/source.ts';
import type { Cause, ObjectValue } from '../model/value.ts';
import { scopeResource, templateResource } from './own-resources.ts';
import type { LeftOut } from './find-inputs.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import { StackCopies } from './nested-stacks.ts';
import { Reading } from './reading.ts';
import { hasSamInSets, stacksOfSets } from './stack-sets.ts';
import type { Stack } from './stack.ts';
import { loadSamExpander, type SamExpander } from './transforms.ts';
import { looseComments, readSuppressions } from './suppressions.ts';

/** Gathers what a call of `readTemplates` finds; stacks first, their resources when all are known. */
export class ReadingBuilder {
  readonly reading = new Reading();
  readonly stacks: Stack[] = [];
  readonly inputs: ScanInput[] = [];
  readonly skipped: { name: string; reason: string }[] = [];
  readonly diagnostics: SourceDiagnostic[] = [];
  readonly suppressions: SourceSuppression[] = [];
  readonly incomplete: { scope: string; type: string; cause: Cause }[] = [];
  readonly copies = new StackCopies();
  readonly documents = new Map<string, ObjectValue>();
  /** For the templates of stack sets; loaded where one of them asks for it. */
  expandSam: SamExpander | undefined;
  readonly #templates = new Map<string, ParsedTemplate>();
  readonly #stackIds = new Set<string>();

  /** An id that no other stack has: the wanted one, or the longer one where that is taken. */
  stackId(wanted: string, longer: string): string {
    let id = this.#stackIds.has(wanted) ? longer : wanted;
    for (let count = 2; this.#stackIds.has(id); count++) id = `${longer}#${count}`;
    this.#stackIds.add(id);
    return id;
  }

  /** Keeps a file's positions and what was found wrong in it; a file that makes two stacks is kept once. */
  addTemplate(parsed: ParsedTemplate): void {
    if (this.#templates.has(parsed.file)) return;
    this.#templates.set(parsed.file, parsed);
    this.diagnostics.push(...parsed.diagnostics);
  }

  /** To be called before `addStack`: loads what its stack sets need. */
  async prepare(root: unknown): Promise<void> {
    if (this.expandSam === undefined && hasSamInSets(root)) this.expandSam = await loadSamExpander();
  }

  addStack(stack: Stack): void {
    this.addTemplate(stack.parsed);
    this.stacks.push(stack);
    this.reading.stacks.push(stack);
    for (const inner of stacksOfSets(stack, this)) this.addStack(inner);
  }

  /** Something that was not read; said as a diagnostic where it may hold what is not decided. */
  leaveOut(name: string, reason: string, kind: LeftOut['kind']): void {
    this.skipped.push({ name, reason });
    if (kind === 'other') return;
    const outside = kind === 'outside';
    const advice = outside
      ? '; scan the folder that it leads to, or name a folder that holds both by --root'
      : '';
    this.diagnostics.push({
      code: outside ? 'outside-of-root' : 'input-unreadable',
      severity: outside ? 'warning' : 'error',
      message: `\`${name}\` was not read: ${reason}${advice}`,
      where: name,
      affects: [],
    });
  }

  addInput(name: string, kind: ScanInput['kind'], contents: readonly Uint8Array[], resources: number): void {
    this.inputs.push({ name, kind, digest: digestOf(contents), resources });
  }

  /** Resolves which resources exist; call once all stacks are added. */
  finish(): SourceReading {
    const resources: Resource[] = [];
    const scopes = new Map<string, string>();
    for (const stack of this.stacks) {
      resources.push(...stack.resources, templateResource(stack));
      this.diagnostics.push(...stack.diagnostics, ...looseComments(stack));
      this.suppressions.push(...readSuppressions(stack));
      for (const cause of stack.incomplete) this.incomplete.push({ scope: stack.scope, type: '*', cause });
      if (!scopes.has(stack.scope)) scopes.set(stack.scope, stack.parsed.file);
    }
    for (const [scope, file] of scopes) resources.push(scopeResource(scope, file));
    return {
      resources,
      inputs: this.inputs,
      skipped: this.skipped,
      diagnostics: this.diagnostics,
      positions: (location: SymbolicLocation) =>
        'file' in location
          ? this.#templates.get(location.file)?.locate(location.pointer, location.target)
          : undefined,
      text: (file) => this.#templates.get(file)?.source?.text,
      incomplete: this.incomplete,
      suppressions: this.suppressions,
      documents: this.documents,
    };
  }
}

function digestOf(contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const bytes of contents) hash.update(bytes);
  return `sha256:${hash.digest('hex')}`;
}
