import fc from 'fast-check';

/** Texts in HCL's native syntax, with white space, comments and nesting as people and hostile files have them. */
const name = fc.constantFrom('a', 'var', 'each', 'aws_sqs_queue', 'long-name_1', 'größe', 'x');
const gap = fc.constantFrom('', ' ', '  ', '\t');
const wide = fc.constantFrom('', ' ', '\n', ' # note\n', ' /* note */ ', '\n  // note\n');
const literalText = fc.constantFrom(
  '',
  'a',
  'é𝒳 ',
  '\\n\\"',
  '$${a}',
  '%%{if}',
  '$ ',
  '100% ',
  '\\u00e9',
  '# no comment',
);

const { expression } = fc.letrec<{ expression: string; text: string; part: string; steps: string }>(
  (tie) => ({
    part: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      literalText,
      fc
        .tuple(tie('expression'), fc.constantFrom('${', '${~ '), fc.constantFrom('}', ' ~}'))
        .map(([inner, open, close]) => open + inner + close),
      fc
        .tuple(tie('expression'), literalText, literalText)
        .map(([inner, yes, no]) => `%{ if ${inner} }${yes}%{ else ~}${no}%{ endif }`),
      fc
        .tuple(name, tie('expression'), literalText)
        .map(([item, inner, body]) => `%{ for ${item} in ${inner} }${body}%{ endfor ~}`),
    ),
    text: fc.array(tie('part'), { maxLength: 3 }).map((parts) => `"${parts.join('')}"`),
    steps: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('', '.b', '.b.c', '.0', '[0]', '["k"]', '.*.b', '[*].b', '[*].b[0].c', '.*'),
      tie('expression').map((inner) => `[${inner}]`),
    ),
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true, depthSize: 'small' },
      fc.constantFrom('1', '1.5', '2e3', 'true', 'null', '"plain"', 'a'),
      fc.tuple(name, tie('steps')).map((pieces) => pieces.join('')),
      tie('text'),
      fc
        .tuple(fc.array(tie('expression'), { maxLength: 3 }), wide, fc.constantFrom('', ','))
        .map(
          ([items, space, last]) =>
            `[${space}${items.join(`,${space}`)}${items.length > 0 ? last : ''}${space}]`,
        ),
      fc
        .tuple(
          fc.array(
            fc.tuple(
              fc.oneof(name, tie('text'), fc.constant('(a)')),
              fc.constantFrom('=', ' : '),
              tie('expression'),
            ),
            { maxLength: 3 },
          ),
          fc.constantFrom(', ', '\n', ' # x\n'),
        )
        .map(
          ([items, separator]) =>
            // The oracle takes a parenthesis on the next line for a call of what stands before it.
            `{ ${items.map((item) => item.join('')).join(separator.includes('\n') && items.some(([key]) => key === '(a)') ? ', ' : separator)}\n}`,
        ),
      fc
        .tuple(name, fc.array(tie('expression'), { maxLength: 3 }), fc.constantFrom('', '...'))
        .map(([callee, given, last]) => `${callee}(${given.join(', ')}${given.length > 0 ? last : ''})`),
      fc
        .tuple(name, tie('expression'), tie('expression'), tie('expression'))
        .map(([item, from, value, test]) => `[for ${item} in ${from} : ${value} if ${test}]`),
      fc
        .tuple(name, tie('expression'), tie('expression'), tie('expression'), fc.constantFrom('', '...'))
        .map(([item, from, key, value, dots]) => `{for k, ${item} in ${from} : ${key} => ${value}${dots}}`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||'),
          tie('expression'),
        )
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      fc.tuple(fc.constantFrom('!', '-'), name).map((pieces) => pieces.join('')),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'))
        .map((sides) => `(${sides[0]} ? ${sides[1]} : ${sides[2]})`),
      fc.tuple(wide, tie('expression')).map(([space, inner]) => `(${space}${inner}${space})`),
      fc
        .tuple(fc.constantFrom('<<E', '<<-E'), fc.array(tie('part'), { maxLength: 3 }))
        .map(([open, parts]) => `(${open}\n${parts.map((part) => `    ${part}\n`).join('')}  E\n)`),
    ),
  }),
);

const { body } = fc.letrec<{ body: string; item: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .tuple(name, gap, gap, expression, fc.constantFrom('', ' # end', ' /* end */'))
      .map(([key, before, after, value, comment]) => `${key}${before}=${after}${value}${comment}\n`),
    fc.constantFrom('# alone\n', '// alone\n', '/* two\nlines */\n', '\n'),
    fc
      .tuple(name, fc.constantFrom('', ' "x"', ' "x" y', ' "é"'), tie('body'), gap)
      .map(([type, labels, inner, space]) => `${type}${labels} {${space}\n${inner}}\n`),
    fc.tuple(name, name).map(([type, key]) => `${type} { ${key} = 1 }\n`),
  ),
  body: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
}));

export const hclText = body;
export const hclExpression = expression;
