import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeEvidence } from '../../../src/model/resource.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import type { Verdict } from '../../../src/model/scan-result.ts';
import { decideReading } from '../../../src/app/scan.ts';
import { readTemplates } from '../../../src/template/read-templates.ts';
import { applyEdits, find, nameOf, type Edit, type Template } from './apply-mutation.ts';

/** Verdicts by `<rule> <resource>`; `waived` is what someone accepted, with a reason. */
export type Verdicts = ReadonlyMap<string, Verdict | 'waived'>;

/** A synthesized application whose templates can be edited, scanned, and are put back after that. */
export class MutableApplication {
  readonly #templates: ReadonlyMap<string, Template>;
  readonly #code: ReadonlyMap<string, CodeEvidence>;

  private constructor(
    readonly folder: string,
    readonly ruleSet: RuleSet,
    code: ReadonlyMap<string, CodeEvidence>,
  ) {
    this.#code = code;
    const files = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
    this.#templates = new Map(
      files.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Template]),
    );
  }

  /** Reads a cloud assembly; bundles of handlers are looked into once, as no edit touches them. */
  static async open(folder: string, ruleSet: RuleSet): Promise<MutableApplication> {
    const { resources } = await readTemplates([folder], { cwd: folder, readCode: true });
    const code = resources.flatMap(({ id, code }): [string, CodeEvidence][] => (code ? [[id, code]] : []));
    return new MutableApplication(folder, ruleSet, new Map(code));
  }

  /** Verdicts after some edits. */
  async verdicts(edits: readonly Edit[] = []): Promise<Verdicts> {
    const changed = applyEdits(this.#templates, edits);
    try {
      for (const [name, template] of changed) this.#write(name, template);
      return await this.#scan(edits);
    } finally {
      for (const name of changed.keys()) this.#write(name, this.#templates.get(name));
    }
  }

  async #scan(edits: readonly Edit[]): Promise<Verdicts> {
    const reading = await readTemplates([this.folder], { cwd: this.folder });
    const code = this.#codeAfter(edits);
    for (const resource of reading.resources) Object.assign(resource, { code: code.get(resource.id) });
    const now = new Date('2026-11-23T00:00:00Z');
    const { ruleSet } = this;
    const { evaluations } = decideReading(reading, { ruleSet, version: '0', now, detail: 'findings' });
    const verdicts: Verdicts = new Map(
      evaluations.map(({ verdict, ruleId, resource, waiver }) => [
        `${ruleId} ${nameOf(resource.name)}`,
        waiver === undefined ? verdict : 'waived',
      ]),
    );
    if (verdicts.size < evaluations.length) throw new Error('two resources are called the same');
    return verdicts;
  }

  #codeAfter(edits: readonly Edit[]): ReadonlyMap<string, CodeEvidence> {
    const after = new Map(this.#code);
    for (const edit of edits.filter((each) => 'hides' in each)) {
      const { id } = find(this.#templates, edit.id);
      const [key, evidence] = [...after].find(([each]) => each.endsWith(`/${id}`)) ?? [];
      if (key === undefined || evidence === undefined) throw new Error(`no code of ${edit.id} is at hand`);
      const found = evidence.found.filter(({ capability }) => !edit.hides.includes(capability));
      if (found.length === evidence.found.length) throw new Error(`${edit.id} shows nothing to hide`);
      after.set(key, { ...evidence, found });
    }
    return after;
  }

  #write(name: string, template: Template | undefined): void {
    writeFileSync(join(this.folder, name), JSON.stringify(template));
  }
}

/** `<verdict> <rule> <resource>` of what is failed or unknown, and was not so before. */
export function newFindings(after: Verdicts, earlier: Verdicts): string[] {
  return [...after]
    .filter(([, verdict]) => verdict === 'fail' || verdict === 'unknown')
    .filter(([key, verdict]) => verdict !== earlier.get(key))
    .map(([key, verdict]) => `${verdict} ${key}`)
    .sort();
}
