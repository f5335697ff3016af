// Writes result.schema.json from the types in src/model/scan-result.ts, so that the contract has one source.
// With --check it writes nothing and exits 1 when the file on disk is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../', import.meta.url));
const target = `${root}result.schema.json`;

/** The JSON Schema (2020-12) of an exported interface, its named parts below `$defs`. */
function generateSchema(file, typeName) {
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const moduleSymbol = checker.getSymbolAtLocation(program.getSourceFile(file));
  const symbol = checker.getExportsOfModule(moduleSymbol).find((candidate) => candidate.name === typeName);
  const definitions = {};

  const documentation = (of) => {
    const text = ts.displayPartsToString(of.getDocumentationComment(checker)).trim();
    return text === '' ? {} : { description: text };
  };

  function describe(type, origin) {
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    // Every number of the contract is a count or a position.
    if (type.flags & ts.TypeFlags.Number) return { type: 'integer', minimum: 0 };
    if (type.flags & ts.TypeFlags.BooleanLike && !type.isUnion() && type.intrinsicName !== 'boolean') {
      return { const: type.intrinsicName === 'true' };
    }
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.isUnion()) return describeUnion(type, origin);
    if (checker.isArrayType(type))
      return { type: 'array', items: describe(checker.getTypeArguments(type)[0], origin) };
    return describeObject(type, origin);
  }

  function describeUnion(type, origin) {
    const members = type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined));
    const isBoolean = (member) => member.flags & ts.TypeFlags.BooleanLiteral;
    const rest = members.filter((member) => !isBoolean(member)).map((member) => describe(member, origin));
    const choices = members.some(isBoolean) ? [{ type: 'boolean' }, ...rest] : rest;
    if (choices.every((choice) => typeof choice.const === 'string'))
      return { enum: choices.map((choice) => choice.const) };
    return choices.length === 1 ? choices[0] : { anyOf: choices };
  }

  function describeObject(type, origin) {
    const name =
      type.aliasSymbol === undefined && type.symbol?.flags & ts.SymbolFlags.Interface
        ? type.symbol.name
        : undefined;
    if (name !== undefined && name !== typeName) {
      definitions[name] ??= { ...documentation(type.symbol), ...members(type, origin) };
      return { $ref: `#/$defs/${name}` };
    }
    const index = type.getStringIndexType();
    if (index !== undefined) return { type: 'object', additionalProperties: describe(index, origin) };
    return members(type, origin);
  }

  function members(type, origin) {
    const properties = {};
    const required = [];
    for (const property of type.getProperties()) {
      const declaration = property.valueDeclaration ?? origin;
      const schema = describe(checker.getTypeOfSymbolAtLocation(property, declaration), declaration);
      properties[property.name] = { ...documentation(property), ...schema };
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    return { type: 'object', additionalProperties: false, required, properties };
  }

  const declared = checker.getDeclaredTypeOfSymbol(symbol);
  const schema = {
    ...documentation(symbol),
    ...members(declared, symbol.valueDeclaration ?? symbol.declarations[0]),
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Headgate scan result',
    ...schema,
    $defs: Object.fromEntries(Object.entries(definitions).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const text = `${JSON.stringify(generateSchema(`${root}src/model/scan-result.ts`, 'ScanResult'), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('result.schema.json is stale: run node scripts/generate-result-schema.mjs');
  process.exitCode = 1;
}
