import type { WorkflowState } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Source } from './members.ts';
import type { Node } from './node.ts';
import { compileOperand, type Operand, type OperandReader } from './operands.ts';

/** The operand that a state's name has to equal, where the question is that alone and does not depend on the state. */
function wantedName(where: unknown): OperandReader | undefined {
  const { property, equals, ...more } = (where ?? {}) as Readonly<Record<string, unknown>>; // of a validated rule
  const isFixed =
    typeof equals === 'string' || (typeof equals === 'object' && equals !== null && 'of' in equals);
  return property === 'Name' && isFixed && Object.keys(more).length === 0
    ? compileOperand(equals)
    : undefined;
}

interface States {
  readonly nodes: readonly Node[];
  readonly byName: ReadonlyMap<string, readonly Node[]>;
}

/** States of a workflow's definition, of the types or of any (`*`); `where` is asked of each of them later. */
export function statesSource(types: readonly string[], where: unknown): Source {
  const name = wantedName(where);
  // A definition may ask for a state by name as often as it has states.
  const known = new WeakMap<readonly WorkflowState[], States>();
  return (node, context) => {
    const { states, incomplete } = context.graph.workflowStates(node.resource);
    const found = known.get(states) ?? indexStates(states, types, node.resource);
    known.set(states, found);
    const nodes = name === undefined ? found.nodes : statesNamed(found, name(node, context));
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

function indexStates(states: readonly WorkflowState[], types: readonly string[], resource: Resource): States {
  const byName = new Map<string, Node[]>();
  const nodes: Node[] = [];
  for (const state of states) {
    if (!types.includes('*') && !types.includes(state.type)) continue;
    const value = { ...state.body, Name: state.name, Type: state.type };
    const node: Node = {
      resource,
      path: state.path,
      value,
      derived: 'state',
      uncertain: state.uncertain,
    };
    nodes.push(node);
    const namesakes = byName.get(state.name);
    if (namesakes === undefined) byName.set(state.name, [node]);
    else namesakes.push(node);
  }
  return { nodes, byName };
}

/** The states that may be meant: of a name that is not known, nothing more is known by asking more states. */
function statesNamed({ nodes, byName }: States, name: Operand): readonly Node[] {
  if ('unknown' in name) return nodes.slice(0, 1);
  return typeof name.known === 'string' ? (byName.get(name.known) ?? []) : nodes;
}
