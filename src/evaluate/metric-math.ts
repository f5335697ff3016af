/** Longer expressions than CloudWatch takes are not read. */
const longestExpression = 4096;

/** Deepest nesting that is read. */
const maximumDepth = 60;

type Operand = number | readonly number[];

/**
 * The value of a metric math expression where each metric has one value: `100 * e / i`, `IF(i > 50, FILL(e, 0) / i, 0)`.
 * Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics" (2026-11-27).
 * @param valueOf value of a metric or expression by its id; undefined for an id that nobody declares.
 * @param metrics ids that `METRICS()` stands for.
 * @returns undefined for what one value a metric cannot answer (rates, anomalies, searches), and for what is no expression.
 */
export function evaluateMath(
  expression: string,
  valueOf: (id: string) => number | undefined,
  metrics: readonly string[],
): number | undefined {
  const tokens = tokensOf(expression);
  if (tokens === undefined) return undefined;
  const parser = new MathParser(tokens, valueOf, metrics);
  return parser.whole();
}

const token =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z][A-Za-z0-9_]*)|("[^"]*"|'[^']*')|(<=|>=|==|!=|&&|\|\||[-+*/^()[\],<>]))/y;

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign';
  readonly text: string;
}

function tokensOf(expression: string): readonly Token[] | undefined {
  if (expression.length > longestExpression) return undefined;
  const text = expression.trim();
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const [, number, name, quoted, sign] = token.exec(text) ?? [];
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1) });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else return undefined;
  }
  return tokens;
}

/** Operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Functions of what their arguments come to; a series of one value is that value. */
const functions: Readonly<Record<string, (values: readonly number[]) => number>> = {
  ABS: ([a = NaN]) => Math.abs(a),
  AVG: (values) => sum(values) / values.length,
  CEIL: ([a = NaN]) => Math.ceil(a),
  FILL: ([a = NaN]) => a,
  FLOOR: ([a = NaN]) => Math.floor(a),
  IF: ([condition = NaN, then = NaN, otherwise = NaN]) => (condition === 0 ? otherwise : then),
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  PERIOD: () => 60,
  RUNNING_SUM: ([a = NaN]) => a,
  SUM: sum,
};

/** Reads and computes at once; what cannot be answered makes the whole undefined. */
class MathParser {
  #at = 0;
  #depth = 0;
  #isAnswerable = true;
  readonly #tokens: readonly Token[];
  readonly #valueOf: (id: string) => number | undefined;
  readonly #metrics: readonly string[];

  constructor(
    tokens: readonly Token[],
    valueOf: (id: string) => number | undefined,
    metrics: readonly string[],
  ) {
    this.#tokens = tokens;
    this.#valueOf = valueOf;
    this.#metrics = metrics;
  }

  whole(): number | undefined {
    const value = this.#binary(0);
    const isWhole = this.#isAnswerable && this.#at === this.#tokens.length;
    return isWhole && typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  #binary(level: number): Operand {
    const signs = levels[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const sign = this.#tokens[this.#at]?.text ?? '';
      const compute = signs.includes(sign) ? operators[sign] : undefined;
      if (compute === undefined) return left;
      this.#at += 1;
      left = combine(left, this.#binary(level + 1), compute);
    }
  }

  #unary(): Operand {
    if (this.#take('-')) return combine(0, this.#unary(), (a, b) => a - b);
    return this.#take('+') ? this.#unary() : this.#primary();
  }

  #primary(): Operand {
    const next = this.#tokens[this.#at];
    this.#depth += 1;
    if (next === undefined || this.#depth > maximumDepth) return this.#unanswerable();
    this.#at += 1;
    const value = this.#primaryOf(next);
    this.#depth -= 1;
    return value;
  }

  #primaryOf(next: Token): Operand {
    if (next.kind === 'number') return Number(next.text);
    if (next.text === '(') return this.#closed(this.#binary(0), ')');
    if (next.text === '[') return this.#closed(this.#list(']').flat(), ']');
    if (next.kind !== 'name') return this.#unanswerable();
    if (!this.#take('(')) return this.#valueOf(next.text) ?? this.#unanswerable();
    return this.#call(next.text.toUpperCase());
  }

  #call(name: string): Operand {
    if (name === 'METRICS') {
      const prefix = this.#tokens[this.#at];
      const isNamed = prefix?.kind === 'text';
      if (isNamed) this.#at += 1;
      const ids = this.#metrics.filter((id) => !isNamed || id.startsWith(prefix.text));
      return this.#closed(
        ids.map((id) => this.#valueOf(id) ?? NaN),
        ')',
      );
    }
    const values = this.#list(')');
    const compute = functions[name];
    if (compute === undefined) return this.#unanswerable();
    // FILL(m, REPEAT) and FILL(m, LINEAR) name how to fill, which no value depends on.
    return this.#closed(compute((name === 'FILL' ? values.slice(0, 1) : values).flat()), ')');
  }

  #list(end: string): Operand[] {
    const values: Operand[] = [];
    while (this.#isAnswerable && this.#tokens[this.#at]?.text !== end) {
      if (values.length > 0 && !this.#take(',')) return [this.#unanswerable()];
      const word = this.#tokens[this.#at]?.text.toUpperCase();
      if (word === 'REPEAT' || word === 'LINEAR') {
        this.#at += 1;
        values.push(0);
      } else values.push(this.#binary(0));
    }
    return values;
  }

  #closed(value: Operand, end: string): Operand {
    return this.#take(end) ? value : this.#unanswerable();
  }

  #take(sign: string): boolean {
    const isNext = this.#tokens[this.#at]?.text === sign;
    if (isNext) this.#at += 1;
    return isNext;
  }

  #unanswerable(): number {
    this.#isAnswerable = false;
    return NaN;
  }
}

/** Lists are computed member by member, as CloudWatch does. */
function combine(left: Operand, right: Operand, compute: (a: number, b: number) => number): Operand {
  if (typeof left === 'number' && typeof right === 'number') return compute(left, right);
  if (typeof left === 'number') return (right as readonly number[]).map((value) => compute(left, value));
  if (typeof right === 'number') return left.map((value) => compute(value, right));
  return left.map((value, index) => compute(value, right[index] ?? NaN));
}
