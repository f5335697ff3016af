import { bothDoubts, onSide } from '../model/conditions.ts';
import {
  Choice,
  Reference,
  SymbolicValue,
  Unresolved,
  isObjectValue,
  type Cause,
  type Path,
  type Value,
} from '../model/value.ts';
import type { Source } from './members.ts';
import { follow, type Context, type Node } from './node.ts';
import { blocked } from './predicates.ts';

// Gathers what stands at a path; undecided conditions on the way to it are settled, those inside of it are not.
function gather(
  node: Node,
  steps: Path,
  context: Context,
  collect: (value: Value, path: Path) => void,
): Cause | undefined {
  let incomplete: Cause | undefined;
  follow(
    node,
    steps,
    context,
    (value, path) => {
      if (value === undefined || value === null) return true;
      if (value instanceof SymbolicValue && mayHoldSeveral(value)) incomplete ??= blocked(value);
      else collect(value, path);
      return true;
    },
    'top',
  );
  return incomplete;
}

// A deployed attribute or an unknown value may be a whole list; text of which pieces are known is one value.
function mayHoldSeveral(value: SymbolicValue): boolean {
  return value instanceof Unresolved || (value instanceof Reference && value.attribute !== undefined);
}

// Inside a list an unknown value is still one member, unless what it stands for may be none or several.
const spreads: ReadonlySet<Cause['code']> = new Set([
  'transform',
  'condition',
  'cycle',
  'malformed',
  'unsupported',
  'mapping',
]);

/** Members of the list at a path; those under an undecided condition are doubted as far as it goes. */
export function elementsSource(steps: Path): Source {
  return (node, context) => {
    const nodes: Node[] = [];
    let incomplete: Cause | undefined;
    const add = (value: Value, path: Path): void => {
      for (const side of sidesOf(value)) {
        if (!(side.value instanceof Unresolved) || !spreads.has(side.value.cause.code))
          nodes.push(part(node, path, side.value, side.uncertain));
        else if (context.world.admits(side.uncertain)) incomplete ??= side.value.cause;
      }
    };
    const missing = gather(node, steps, context, (value, path) => {
      if (Array.isArray(value))
        (value as readonly Value[]).forEach((item, index) => {
          add(item, [...path, index]);
        });
      else add(value, path);
    });
    incomplete ??= missing;
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

interface Side {
  readonly value: Value;
  readonly uncertain?: Cause;
}

/** What a value may be, and on which sides of conditions. */
function sidesOf(value: Value | undefined, uncertain?: Cause): readonly Side[] {
  if (value === undefined) return [];
  if (!(value instanceof Choice)) return [{ value, ...(uncertain === undefined ? {} : { uncertain }) }];
  return [
    ...sidesOf(value.whenTrue, onSide(value.cause, true, uncertain)),
    ...sidesOf(value.whenFalse, onSide(value.cause, false, uncertain)),
  ];
}

function part(node: Node, path: Path, value: Value, uncertain: Cause | undefined): Node {
  const doubt = bothDoubts(node.uncertain, uncertain);
  return {
    resource: node.resource,
    path,
    value,
    ...(node.derived === undefined ? {} : { derived: node.derived }),
    ...(doubt === undefined ? {} : { uncertain: doubt }),
  };
}

/** Members of the object at a path, as `{Key, Value}`. */
export function entriesSource(steps: Path): Source {
  return (node, context) => {
    const nodes: Node[] = [];
    const incomplete = gather(node, steps, context, (value, path) => {
      if (!isObjectValue(value)) return;
      for (const [key, member] of Object.entries(value)) {
        for (const side of sidesOf(member)) {
          nodes.push({
            ...part(node, [...path, key], { Key: key, Value: side.value }, side.uncertain),
            derived: 'entry',
          });
        }
      }
    });
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}
