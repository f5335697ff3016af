import { scalarText } from '../model/scalar-text.ts';
import type { WorkflowState } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import {
  PartialString,
  SymbolicValue,
  Unresolved,
  describeValue,
  isArrayValue,
  isObjectValue,
  type Cause,
  type ObjectValue,
  type Path,
  type Value,
} from '../model/value.ts';
import { readJsonText } from '../model/json-text.ts';
import { holdsChoice } from '../model/open-value.ts';
import { inEachWorldOf, withDoubts } from './worlds.ts';

/** The states of a definition, and why there may be more. */
export interface StateSet {
  readonly states: readonly WorkflowState[];
  readonly incomplete?: Cause;
}

/** Deepest nesting of Map and Parallel that is read. */
const maximumDepth = 100;

/**
 * States of a state machine, nested ones after their holder. The definition comes from
 * `DefinitionString`, `Definition`, or the document that the source read for the resource.
 */
export function readWorkflowStates(machine: Resource, documents: ReadonlyMap<string, ObjectValue>): StateSet {
  const { definition, path } = definitionOf(machine, documents);
  if (definition === undefined) return { states: [], incomplete: missingDefinition(machine) };
  if (definition instanceof Unresolved) return { states: [], incomplete: definition.cause };
  const substituted = substitute(definition, substitutionsOf(machine), 0);
  if (!isObjectValue(substituted)) return { states: [], incomplete: unreadable };
  const states: WorkflowState[] = [];
  const incomplete = collectStates(substituted, path, states, 0);
  return { states, ...(incomplete === undefined ? {} : { incomplete }) };
}

/** As `readWorkflowStates`; where the definition hangs on conditions, each state says on which side it stands. */
export function statesInWorlds(machine: Resource, documents: ReadonlyMap<string, ObjectValue>): StateSet {
  if (!holdsChoice(machine.properties)) return readWorkflowStates(machine, documents);
  const incomplete: Cause[] = [];
  const found = inEachWorldOf(
    machine,
    (opened) => {
      const set = readWorkflowStates(opened, documents);
      if (set.incomplete !== undefined) incomplete.push(set.incomplete);
      return set.states;
    },
    ({ path, body }) => `${path.join('/')} ${describeValue(body, Infinity)}`,
  );
  const [doubt] = incomplete;
  return { states: found.map(withDoubts), ...(doubt === undefined ? {} : { incomplete: doubt }) };
}

const unreadable: Cause = { code: 'unsupported', message: 'the state machine definition could not be read' };

function missingDefinition(machine: Resource): Cause {
  return {
    code: 'not-collected',
    message: `the definition of \`${machine.name}\` is not available`,
    remedy: 'scan the cloud assembly or folder that holds the definition file',
  };
}

function definitionOf(
  machine: Resource,
  documents: ReadonlyMap<string, ObjectValue>,
): { readonly definition: Value | undefined; readonly path: Path } {
  const { DefinitionString: text, Definition: object } = machine.properties;
  if (text !== undefined) return { definition: readJsonText(text), path: ['DefinitionString'] };
  if (object !== undefined) return { definition: object, path: ['Definition'] };
  return { definition: documents.get(machine.id), path: ['DefinitionS3Location'] };
}

function substitutionsOf(machine: Resource): ObjectValue {
  const { DefinitionSubstitutions: substitutions } = machine.properties;
  return isObjectValue(substitutions) ? substitutions : {};
}

/** Puts `DefinitionSubstitutions` in the place of `${Name}`. */
function substitute(value: Value, by: ObjectValue, depth: number): Value {
  if (Object.keys(by).length === 0 || depth > maximumDepth * 5) return value;
  if (typeof value === 'string') return value.includes('${') ? substituteText(value, by) : value;
  if (value instanceof SymbolicValue) return value;
  if (isArrayValue(value)) return value.map((item) => substitute(item, by, depth + 1));
  if (!isObjectValue(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, substitute(item, by, depth + 1)]),
  );
}

function substituteText(text: string, by: ObjectValue): Value {
  const parts: PartialString['parts'][number][] = [];
  for (const piece of text.split(/(\$\{[^{}]*\})/)) {
    const name = piece.startsWith('${') ? piece.slice(2, -1) : undefined;
    const value = name === undefined || !Object.hasOwn(by, name) ? piece : by[name];
    if (value === undefined || value === '') continue;
    if (value instanceof PartialString) parts.push(...value.parts);
    else if (value instanceof SymbolicValue)
      parts.push(value as Exclude<PartialString['parts'][number], string>); // a Choice falls to the reader's unknown branch
    else parts.push(scalarText(value));
  }
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new PartialString(parts);
}

function collectStates(
  machine: ObjectValue,
  path: Path,
  states: WorkflowState[],
  depth: number,
): Cause | undefined {
  if (depth > maximumDepth) return { code: 'unsupported', message: 'the state machine is nested too deep' };
  const { States: named } = machine;
  if (named instanceof Unresolved) return named.cause;
  if (!isObjectValue(named)) return depth === 0 ? unreadable : undefined;
  let incomplete: Cause | undefined;
  for (const [name, body] of Object.entries(named)) {
    const at = [...path, 'States', name];
    if (!isObjectValue(body)) {
      incomplete ??= body instanceof Unresolved ? body.cause : unreadable;
      continue;
    }
    states.push({ name, type: typeof body.Type === 'string' ? body.Type : '', body, path: at });
    for (const inner of innerMachines(body)) {
      incomplete ??= collectStates(inner.machine, [...at, ...inner.path], states, depth + 1);
    }
  }
  return incomplete;
}

function innerMachines(body: ObjectValue): readonly { readonly machine: ObjectValue; readonly path: Path }[] {
  const inner: { machine: ObjectValue; path: Path }[] = [];
  for (const key of ['ItemProcessor', 'Iterator']) {
    const machine = body[key];
    if (isObjectValue(machine)) inner.push({ machine, path: [key] });
  }
  const branches = body.Branches;
  if (isArrayValue(branches)) {
    branches.forEach((machine, index) => {
      if (isObjectValue(machine)) inner.push({ machine, path: ['Branches', index] });
    });
  }
  return inner;
}
