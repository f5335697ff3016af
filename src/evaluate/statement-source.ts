import { bothDoubts } from '../model/conditions.ts';
import type { PolicyStatement } from '../model/resource-graph.ts';
import type { Value } from '../model/value.ts';
import { outside, type Source } from './members.ts';
import type { Node } from './node.ts';

/** Policy statements: that a role holds, or that stand on the resource. */
export function statementsSource(identity: boolean): Source {
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
  const uncertain = bothDoubts(statement.unresolved, statement.holder.uncertain);
  return {
    resource: statement.holder,
    path: statement.path,
    value,
    statement,
    derived: 'statement',
    ...(uncertain === undefined ? {} : { uncertain }),
  };
}
