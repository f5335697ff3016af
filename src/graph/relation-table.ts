import { apiRelations } from './relations/api.ts';
import { dataRelations } from './relations/data.ts';
import { derivedRelations } from './relations/derived.ts';
import { eventRelations } from './relations/events.ts';
import { lambdaRelations } from './relations/lambda.ts';
import { networkRelations } from './relations/network.ts';
import { operationRelations } from './relations/operations.ts';
import type { DerivedRow, RelationRow } from './relations/row.ts';

/** Every direct relation: which property of which type names what. */
export const relationTable: readonly RelationRow[] = [
  ...apiRelations,
  ...lambdaRelations,
  ...eventRelations,
  ...dataRelations,
  ...networkRelations,
  ...operationRelations,
];

/** Every relation that is a walk along others. */
export const derivedTable: readonly DerivedRow[] = derivedRelations;

/** One line of the relation reference. */
export interface RelationDoc {
  readonly name: string;
  readonly inverse: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Property paths, one a source type; for a derived relation the chains that it follows. */
  readonly path: string;
  readonly note?: string;
}

/** The relation table as documentation, sorted by name; rows that differ only in source type are one line. */
export function relationDocs(): readonly RelationDoc[] {
  const lines = new Map<string, { doc: RelationDoc; from: string[] }>();
  const add = (doc: RelationDoc): void => {
    const key = JSON.stringify([doc.name, doc.inverse, doc.to, doc.path]);
    const line = lines.get(key);
    if (line === undefined) lines.set(key, { doc, from: [...doc.from] });
    else line.from.push(...doc.from.filter((type) => !line.from.includes(type)));
  };
  for (const row of relationTable) add(docOfRow(row));
  for (const row of derivedTable) add(docOfDerived(row));
  for (const doc of computedDocs) add(doc);
  return [...lines.values()]
    .map(({ doc, from }) => ({ ...doc, from: from.sort() }))
    .sort((left, right) => compareText(left.name, right.name) || compareText(left.path, right.path));
}

function docOfRow(row: RelationRow): RelationDoc {
  const note = [row.note, row.invokes === undefined ? undefined : `invokes: ${row.invokes}`]
    .filter(Boolean)
    .join('; ');
  return {
    name: row.name,
    inverse: row.inverse,
    from: [row.from],
    to: row.to,
    path: row.path,
    ...(note === '' ? {} : { note }),
  };
}

function docOfDerived({ through, ...row }: DerivedRow): RelationDoc {
  return { ...row, path: `through ${through.map((chain) => chain.join('.')).join(' or ')}` };
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Relations that are read from several rows or from policy statements at once. */
export const computedDocs: readonly RelationDoc[] = [
  {
    name: 'invokers',
    inverse: 'invokes',
    from: ['AWS::Lambda::Alias', 'AWS::Lambda::Function', 'AWS::Lambda::Version'],
    to: ['*'],
    path: '',
    note: 'every entry that invokes the function, each with the edge attributes invocation (async, sync or poll), via (the type that ties them) and qualifier; entries that only a permission shows are included',
  },
  {
    name: 'account',
    inverse: '',
    from: ['*'],
    to: ['Headgate::Scope'],
    path: '',
    note: 'facts of the account and Region, or of the application, that the resource belongs to',
  },
  {
    name: 'template',
    inverse: '',
    from: ['*'],
    to: ['Headgate::Template'],
    path: '',
    note: 'the template that contains the resource',
  },
];
