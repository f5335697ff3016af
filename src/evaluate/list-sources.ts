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

// Gathers what stands at a path on both sides of undecided conditions; members of one side alone are uncertain.
function gather(
  node: Node,
  steps: Path,
  context: Context,
  collect: (value: Value, path: Path, uncertain: Cause | undefined) => void,
): Cause | undefined {
  let incomplete: Cause | undefined;
  const visit = (value: Value | undefined, path: Path, uncertain: Cause | undefined): void => {
    if (value === undefined || value === null) return;
    if (value instanceof Choice) {
      visit(value.whenTrue, path, value.cause);
      visit(value.whenFalse, path, value.cause);
    } else if (value instanceof SymbolicValue && mayHoldSeveral(value)) incomplete ??= blocked(value);
    else collect(value, path, uncertain);
  };
  // `follow` asks both sides of a condition above the list; their members are then uncertain too.
  let sides = 0;
  const found: [Value | undefined, Path][] = [];
  follow(node, steps, context, (value, path) => {
    sides += 1;
    found.push([value, path]);
    return true;
  });
  const doubt: Cause | undefined =
    sides > 1 ? { code: 'condition', message: 'a condition could not be decided' } : undefined;
  for (const [value, path] of found) visit(value, path, doubt);
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

/** Members of the list at a path. */
export function elementsSource(steps: Path): Source {
  return (node, context) => {
    const nodes: Node[] = [];
    let incomplete: Cause | undefined;
    const add = (value: Value, path: Path, uncertain: Cause | undefined): void => {
      if (value instanceof Choice) {
        for (const side of [value.whenTrue, value.whenFalse])
          if (side !== undefined) add(side, path, value.cause);
      } else if (value instanceof Unresolved && spreads.has(value.cause.code)) incomplete ??= value.cause;
      else nodes.push(part(node, path, value, uncertain));
    };
    const missing = gather(node, steps, context, (value, path, uncertain) => {
      if (Array.isArray(value))
        (value as readonly Value[]).forEach((item, index) => {
          add(item, [...path, index], uncertain);
        });
      else add(value, path, uncertain);
    });
    incomplete ??= missing;
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

function part(node: Node, path: Path, value: Value, uncertain: Cause | undefined): Node {
  const doubt = uncertain ?? node.uncertain;
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
    const incomplete = gather(node, steps, context, (value, path, uncertain) => {
      if (!isObjectValue(value)) return;
      for (const [key, member] of Object.entries(value)) {
        nodes.push({
          ...part(node, [...path, key], { Key: key, Value: member }, uncertain),
          derived: 'entry',
        });
      }
    });
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}
