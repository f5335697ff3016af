import { Unresolved } from '../../model/value.ts';
import { isEqual } from './compare.ts';
import { hclFunctions } from './functions/index.ts';
import type { FunctionContext } from './functions/function.ts';
import {
  EncodedTerm,
  force,
  isObjectTerm,
  itemsOf,
  objectOf,
  partsOf,
  type ObjectTerm,
  type Term,
} from './terms.ts';

/**
 * The document that a data source `aws_iam_policy_document` makes of its arguments, references in it kept.
 * Source: internal/service/iam/policy_document_data_source.go of hashicorp/aws, read 2026-11.
 * @param given arguments and blocks, as lists of objects.
 */
export function policyDocument(given: ObjectTerm, context: FunctionContext): Term {
  const documents = (name: string): Term[] => listOf(given[name]).map((text) => decoded(text, context));
  const sources = documents('source_policy_documents');
  const overrides = documents('override_policy_documents');
  const unknown = [...sources, ...overrides].find((document) => document instanceof Unresolved);
  if (unknown !== undefined) return unknown;
  const own = listOf(given['statement']).map((statement) => statementOf(statement, context));
  const statements = [...overrides].reduce<Term[]>(
    (all, document) => overridden(all, statementsOf(document)),
    overridden(sources.flatMap(statementsOf), own),
  );
  const policyId = force(given['policy_id'] ?? null);
  const version = force(given['version'] ?? null) ?? versionOf([...sources, ...overrides]) ?? '2012-10-17';
  return new EncodedTerm(
    objectOf([
      ['Version', version],
      ...(policyId === null ? [] : ([['Id', policyId]] as const)),
      ['Statement', statements],
    ]),
  );
}

function decoded(text: Term, context: FunctionContext): Term {
  const found = force(text);
  if (found === null || found === '') return {};
  return force(hclFunctions.get('jsondecode')?.([found], context) ?? null);
}

function versionOf(documents: readonly Term[]): Term | undefined {
  const versions = documents.flatMap((document) =>
    isObjectTerm(document) ? [document['Version'] ?? null] : [],
  );
  return versions.findLast((version) => force(version) !== null);
}

function statementsOf(document: Term): readonly Term[] {
  if (!isObjectTerm(document)) return [];
  const statements = force(document['Statement'] ?? null);
  return itemsOf(statements) ?? (statements === null ? [] : [statements]);
}

/** Statements with those of another document: one with the same Sid takes the place of the first. */
function overridden(statements: readonly Term[], others: readonly Term[]): Term[] {
  const merged = [...statements];
  for (const other of others) {
    const sid = sidOf(other);
    const index = sid === undefined ? -1 : merged.findIndex((statement) => sidOf(statement) === sid);
    if (index < 0) merged.push(other);
    else merged[index] = other;
  }
  return merged;
}

function sidOf(statement: Term): string | undefined {
  const found = force(statement);
  const sid = isObjectTerm(found) ? force(found['Sid'] ?? null) : null;
  return typeof sid === 'string' && sid !== '' ? sid : undefined;
}

function statementOf(term: Term, context: FunctionContext): Term {
  const statement = force(term);
  if (!isObjectTerm(statement)) return statement;
  const entries: (readonly [string, Term])[] = [];
  const add = (name: string, value: Term | undefined): void => {
    if (value !== undefined) entries.push([name, value]);
  };
  const sid = force(statement['sid'] ?? null);
  add('Sid', sid === null || sid === '' ? undefined : sid);
  add('Effect', force(statement['effect'] ?? null) ?? 'Allow');
  for (const [attribute, name] of [
    ['actions', 'Action'],
    ['not_actions', 'NotAction'],
    ['resources', 'Resource'],
    ['not_resources', 'NotResource'],
  ] as const)
    add(name, oneOrMany(statement[attribute], context));
  add('Principal', principalsOf(statement['principals'], context));
  add('NotPrincipal', principalsOf(statement['not_principals'], context));
  add('Condition', conditionsOf(statement['condition'], context));
  return objectOf(entries);
}

/** A list, or its one element; undefined for none. */
function oneOrMany(term: Term | undefined, context: FunctionContext): Term | undefined {
  const found = force(term ?? null);
  if (found === null) return undefined;
  const items = itemsOf(found)?.map((item) => withVariables(item, context));
  if (items === undefined) return found;
  return items.length === 1 ? items[0] : items.length === 0 ? undefined : items;
}

/** `&{aws:username}` stands for a policy variable, since `${` is Terraform's own. */
function withVariables(term: Term, context: FunctionContext): Term {
  const found = force(term);
  const parts = partsOf(found);
  if (parts === undefined || !parts.some((part) => typeof part === 'string' && part.includes('&{')))
    return found;
  return context.join(parts.map((part) => (typeof part === 'string' ? part.replaceAll('&{', '${') : part)));
}

function principalsOf(blocks: Term | undefined, context: FunctionContext): Term | undefined {
  const byType = new Map<string, Term[]>();
  for (const block of listOf(blocks)) {
    const found = force(block);
    if (!isObjectTerm(found)) return found;
    const type = force(found['type'] ?? null);
    if (typeof type !== 'string') return type ?? undefined;
    const identifiers = force(found['identifiers'] ?? null);
    const items = itemsOf(identifiers);
    if (items === undefined) byType.set(type, [...(byType.get(type) ?? []), identifiers]);
    else
      byType.set(type, [...(byType.get(type) ?? []), ...items.map((item) => withVariables(item, context))]);
  }
  if (byType.size === 0) return undefined;
  const any = byType.get('*');
  if (any !== undefined && any.some((identifier) => isEqual(identifier, '*') === true)) return '*';
  return objectOf(
    [...byType].map(([type, items]) => [type, items.length === 1 ? (items[0] ?? null) : items]),
  );
}

function conditionsOf(blocks: Term | undefined, context: FunctionContext): Term | undefined {
  const byTest = new Map<string, Map<string, Term>>();
  for (const block of listOf(blocks)) {
    const found = force(block);
    if (!isObjectTerm(found)) return found;
    const [test, variable] = [readKey(found['test']), readKey(found['variable'])];
    if (test === undefined || variable === undefined) return new Unresolved(openKey);
    const variables = byTest.get(test) ?? new Map<string, Term>();
    byTest.set(test, variables);
    const values = oneOrMany(found['values'], context) ?? [];
    const known = variables.get(variable);
    variables.set(
      variable,
      known === undefined ? values : [...(itemsOf(known) ?? [known]), ...(itemsOf(values) ?? [values])],
    );
  }
  if (byTest.size === 0) return undefined;
  return objectOf([...byTest].map(([test, variables]) => [test, objectOf(variables)]));
}

const openKey = {
  code: 'attribute',
  message: 'the key of a condition is known only after the plan is applied',
} as const;

/** A key as text; an unknown piece in it stays readable, as in documents that are read. */
function readKey(term: Term | undefined): string | undefined {
  const parts = partsOf(term ?? null);
  if (parts === undefined || !parts.some((part) => typeof part === 'string')) return undefined;
  return parts.map((part) => (typeof part === 'string' ? part : '?')).join('');
}

function listOf(term: Term | undefined): readonly Term[] {
  const found = force(term ?? null);
  if (found === null) return [];
  return itemsOf(found) ?? [found];
}
