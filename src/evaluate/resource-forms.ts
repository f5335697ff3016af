import type { Flow } from '../model/resource-graph.ts';
import type { CodeCapability, Resource } from '../model/resource.ts';
import type { Cause } from '../model/value.ts';
import { flowDoubt } from './flow-doubt.ts';
import type { Form } from './form.ts';
import { boundNode } from './node.ts';
import { observe } from './observe.ts';
import { isUnread } from './sources.ts';

/** The resource is of one of the types. */
export const typeForm: Form = (raw) => (node) => (raw['type'] as string[]).includes(node.resource.type);

/** Whether the resource stands outside of the scan; what an account did not answer for may be inside. */
export const externalForm: Form =
  (raw) =>
  ({ resource }, { graph }) => {
    const isExternal = resource.external === true;
    const unlisted = isExternal ? graph.incompleteness(resource.type, resource.scope) : undefined;
    if (unlisted !== undefined && isUnread(unlisted)) return unlisted;
    return isExternal === raw['external'];
  };

/** The resource is the bound one. */
export const sameAsForm: Form = (raw) => (node, context) =>
  boundNode(context, String(raw['sameAs']))?.resource.id === node.resource.id;

/** The resource is part of a flow of one of the diagrams. */
export const inFlowForm: Form = (raw) => {
  const wanted = raw['inFlow'] as string[];
  return ({ resource }, { graph }) => {
    const isIn = (flows: readonly Flow[]): boolean =>
      wanted.some((diagram) => diagramsOf(flows).get(resource)?.has(diagram) === true);
    if (!isIn(graph.flows)) return flowDoubt(graph, resource.scope) ?? false;
    return graph.certainFlows === graph.flows || isIn(graph.certainFlows) || hangsOnCondition(resource);
  };
};

function hangsOnCondition({ name }: Resource): Cause {
  return {
    code: 'condition',
    message: `whether \`${name}\` is part of a flow depends on an unknown condition`,
    remedy: 'pass --parameters with values for what the conditions compare',
  };
}

const diagramIndexes = new WeakMap<readonly Flow[], ReadonlyMap<Resource, ReadonlySet<string>>>();

// Which diagrams each resource is part of; asked once per graph.
function diagramsOf(flows: readonly Flow[]): ReadonlyMap<Resource, ReadonlySet<string>> {
  let index = diagramIndexes.get(flows);
  if (index === undefined) diagramIndexes.set(flows, (index = indexDiagrams(flows)));
  return index;
}

function indexDiagrams(flows: readonly Flow[]): ReadonlyMap<Resource, ReadonlySet<string>> {
  const index = new Map<Resource, Set<string>>();
  // Flows share the arrays of their nodes, and a flow's id starts with its diagram.
  const seen = new Set<readonly Resource[]>();
  let diagram: string | undefined;
  for (const flow of flows) {
    if (flow.diagram !== diagram) seen.clear();
    diagram = flow.diagram;
    const fresh = [...new Set(flow.nodes.values())].filter((members) => !seen.has(members));
    for (const members of fresh) seen.add(members);
    for (const resource of fresh.flat()) {
      const diagrams = index.get(resource);
      if (diagrams === undefined) index.set(resource, new Set([flow.diagram]));
      else diagrams.add(flow.diagram);
    }
  }
  return index;
}

/** The function's code shows one of the capabilities; that it shows none proves nothing. */
export const codeForm: Form = (raw) => {
  const capabilities = raw['code'] as CodeCapability[];
  return (node, context) => {
    const found = node.resource.code?.found.find(({ capability }) => capabilities.includes(capability));
    if (found === undefined) return noSign(node.resource, capabilities);
    if (!context.silent)
      observe(context, true, {
        node,
        path: [],
        value: `${found.sign} in ${found.file}`,
        expected: `code that shows ${capabilities.join(' or ')}`,
        source: 'code',
        text: `code of ${node.resource.name}`,
      });
    return true;
  };
};

function noSign({ name, code }: Resource, capabilities: readonly CodeCapability[]): Cause {
  if (code === undefined)
    return {
      code: 'code',
      message: `the code of \`${name}\` is not available`,
      remedy:
        'scan a cloud assembly or SAM build, which includes the code, or provide the evidence in a waiver',
    };
  const soFar = code.complete ? '' : ', as far as it could be read';
  return {
    code: 'code',
    message: `the code of \`${name}\` (${code.source}) shows no known sign of ${capabilities.join(' or ')}${soFar}`,
    remedy: 'provide the evidence as a waiver with a reason',
  };
}
