/** What a query of CloudWatch Metrics Insights is about. Texts may hold the markers of unknown pieces. */
export interface MetricQuery {
  /** `SUM`, `AVG`, ... */
  readonly aggregate: string;
  readonly metric: string;
  readonly namespace: string;
  /** Dimensions that the query fixes, once for each alternative of its `WHERE`; none where it asks of all. */
  readonly alternatives: readonly (readonly { readonly name: string; readonly value: string }[])[];
}

const query =
  /^\s*SELECT\s+(\w+)\(\s*"?([\w.:/-]+)"?\s*\)\s+FROM\s+(?:SCHEMA\(\s*"([^"]+)"[^)]*\)|"([^"]+)")\s*(?:WHERE\s+(.*?))?\s*(?:GROUP\s+BY\s.*?)?(?:ORDER\s+BY\s.*?)?(?:LIMIT\s+\d+)?\s*$/is;

const equality = /^[\s(]*"?([\w.]+)"?\s*=\s*'([^']*)'[\s)]*$/;

/**
 * `SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE FunctionName = 'orders'`. Undefined for other text,
 * and for a query that leaves something out (`!=`) or asks by tag, of which it cannot be said whom it counts.
 * Source: CloudWatch user guide, "Metrics Insights query components and syntax" (2026-11-27).
 */
export function parseMetricQuery(text: string): MetricQuery | undefined {
  const [whole, aggregate = '', metric = '', schema, plain = '', where] = query.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const alternatives: { name: string; value: string }[][] = [];
  for (const alternative of where === undefined ? [] : where.split(/\bOR\b/i)) {
    const fixed: { name: string; value: string }[] = [];
    for (const condition of alternative.split(/\bAND\b/i)) {
      const [, name, value] = equality.exec(condition) ?? [];
      if (name === undefined || value === undefined || name.includes('.')) return undefined;
      fixed.push({ name, value });
    }
    alternatives.push(fixed);
  }
  return { aggregate: aggregate.toUpperCase(), metric, namespace: schema ?? plain, alternatives };
}

/** What a search expression of a graph finds: the values that it fixes, by dimension, and the dimensions of its schema. */
export interface MetricSearch {
  readonly fixed: readonly { readonly name: string; readonly value: string }[];
  readonly schema: readonly string[];
  /** True where further words narrow the search. */
  readonly isNarrowed: boolean;
}

/** `SEARCH('{AWS/Lambda,FunctionName} FunctionName="orders" MetricName="Errors"', 'Sum', 300)`, each of a text. */
export function parseMetricSearches(text: string): readonly MetricSearch[] {
  return [...text.matchAll(/SEARCH\(\s*(['"])(.*?)\1\s*,/gis)].map((match) => {
    const body = (match[2] ?? '').replaceAll('\\"', '"');
    const schema = /\{([^}]*)\}/.exec(body)?.[1]?.split(',') ?? [];
    const terms = body.replace(/\{[^}]*\}/, ' ');
    const fixed = [...terms.matchAll(/([A-Za-z]\w*)\s*=\s*(?:"([^"]*)"|([^\s"()]+))/g)].map((term) => ({
      name: term[1] ?? '',
      value: term[2] ?? term[3] ?? '',
    }));
    const rest = terms
      .replaceAll(/([A-Za-z]\w*)\s*=\s*(?:"[^"]*"|[^\s"()]+)/g, ' ')
      .replaceAll(/\b(AND|OR)\b|[()\s]/g, '');
    return { fixed, schema: schema.slice(1).map((name) => name.trim()), isNarrowed: rest !== '' };
  });
}
