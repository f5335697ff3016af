import type { PolicyStatement, Relation, WorkflowState } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
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
import { follow, nodeOf, parsePath, type Context, type Node } from './node.ts';
import { compileOperand, type Operand, type OperandReader } from './operands.ts';
import { blocked } from './predicates.ts';

/** Members of a source, and why there may be more of them. */
export interface Members {
  readonly nodes: readonly Node[];
  readonly incomplete?: Cause;
}

export type Source = (node: Node, context: Context) => Members;

/** Compiles the source of a quantifier; a validated rule has exactly one. */
export function compileSource(quantifier: Readonly<Record<string, unknown>>): Source {
  if (typeof quantifier['related'] === 'string')
    return relatedSource(quantifier['related'].split('.'), quantifier['certain'] !== false);
  if (typeof quantifier['elements'] === 'string') return elementsSource(parsePath(quantifier['elements']));
  if (typeof quantifier['entries'] === 'string') return entriesSource(parsePath(quantifier['entries']));
  if (quantifier['statements'] !== undefined)
    return statementsSource(quantifier['statements'] === 'identity');
  if (Array.isArray(quantifier['states']))
    return statesSource(quantifier['states'] as string[], wantedName(quantifier['where']));
  if (quantifier['services'] === true) return servicesSource;
  return resourcesSource(quantifier['resources'] as string[]);
}

function relatedSource(steps: readonly string[], certain: boolean): Source {
  return (start, context) => {
    let nodes: readonly Node[] = [start];
    let incomplete: Cause | undefined;
    for (const step of steps) {
      const next: Node[] = [];
      const seen = new Set<string>();
      for (const node of nodes) {
        const members = relatedTo(node, step, certain, context);
        incomplete ??= members.incomplete;
        for (const member of members.nodes) {
          if (steps.length > 1 && seen.has(member.resource.id)) continue;
          seen.add(member.resource.id);
          next.push(
            node.uncertain === undefined || member.uncertain !== undefined
              ? member
              : { ...member, uncertain: node.uncertain },
          );
        }
      }
      nodes = next;
    }
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

function relatedTo(node: Node, relation: string, certain: boolean, context: Context): Members {
  if (node.resource.external === true) {
    const set = context.graph.related(node.resource, relation);
    if (set.edges.length > 0) return { nodes: set.edges.map(farEnd).filter((far) => far !== undefined) };
    return { nodes: [], incomplete: outside(node.resource) };
  }
  const set = context.graph.related(node.resource, relation, node.path.length === 0 ? undefined : node.path);
  const nodes = set.edges.map(farEnd).filter((far) => far !== undefined);
  const dangling = certain ? set.edges.find((edge) => edge.to === undefined)?.cause : undefined;
  const incomplete = (certain ? set.incomplete : undefined) ?? dangling;
  return incomplete === undefined ? { nodes } : { nodes, incomplete };
}

function outside({ name }: Resource): Cause {
  return {
    code: 'outside',
    message: `\`${name}\` stands outside of what was scanned`,
    remedy: 'scan its template or account along, or declare it under `outside` in headgate.yaml',
  };
}

function farEnd(edge: Relation): Node | undefined {
  return edge.to === undefined ? undefined : nodeOf(edge.to, edge);
}

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

function elementsSource(steps: Path): Source {
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

function entriesSource(steps: Path): Source {
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

function statementsSource(identity: boolean): Source {
  return ({ resource }, context) => {
    const set = identity
      ? context.graph.identityStatements(resource)
      : context.graph.resourceStatements(resource);
    const nodes = set.statements.map((statement) => statementNode(statement));
    // Nobody read the policy of what stands outside, unless it was declared with its properties.
    const isUnread = resource.external === true && Object.keys(resource.properties).length === 0;
    const incomplete = set.incomplete ?? (isUnread ? outside(resource) : undefined);
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}

function statementNode(statement: PolicyStatement): Node {
  const value: Value = {
    Sid: statement.sid ?? '',
    Effect: statement.effect,
    Actions: statement.actions,
    NotActions: statement.notActions,
    Resources: statement.resources,
    Principals: statement.principals.map((principal) => ({ Kind: principal.kind, Value: principal.value })),
    Conditions: statement.conditions.map((condition) => ({
      Operator: condition.operator,
      Key: condition.key,
      Values: condition.values,
    })),
  };
  const uncertain = statement.unresolved ?? statement.holder.uncertain;
  return {
    resource: statement.holder,
    path: statement.path,
    value,
    statement,
    derived: 'statement',
    ...(uncertain === undefined ? {} : { uncertain }),
  };
}

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

function statesSource(types: readonly string[], name: OperandReader | undefined): Source {
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
    const node: Node = { resource, path: state.path, value, derived: 'state' };
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

const servicesSource: Source = (node, context) => {
  const { services, incomplete } = context.graph.usedServices(node.resource);
  const nodes = services.map((used) => ({
    resource: node.resource,
    path: [],
    value: { Service: used.service, Because: used.because },
    derived: 'service',
    ...(used.uncertain === undefined ? {} : { uncertain: used.uncertain }),
  }));
  return incomplete === undefined ? { nodes } : { nodes, incomplete };
};

function resourcesSource(types: readonly string[]): Source {
  return (node, context) => {
    const scope = node.resource.scope;
    const inScope = (resource: Resource): boolean => resource.scope === scope;
    const nodes = types
      .flatMap((type) => context.graph.ofType(type).filter(inScope))
      .map((resource) => nodeOf(resource));
    const incomplete = types
      .map((type) => context.graph.incompleteness(type, scope))
      .find((cause) => cause !== undefined);
    return incomplete === undefined ? { nodes } : { nodes, incomplete };
  };
}
