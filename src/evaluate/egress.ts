import { scalarText } from '../model/scalar-text.ts';
import { openValue } from '../model/open-value.ts';
import { present, unlessConditionsMatter } from './worlds.ts';
import { PartialString, Reference, SymbolicValue, isObjectValue, type Value } from '../model/value.ts';
import { holdsEveryAddress } from './address-space.ts';
import { asked, someMember } from './choices.ts';
import type { Form } from './form.ts';
import type { Context, Node } from './node.ts';
import { observe, relate } from './observe.ts';
import { compileSource } from './sources.ts';
import { toNumber } from './operands.ts';
import { blocked } from './predicates.ts';
import { rangeOfNetwork } from './network.ts';
import { isUnknown, type Truth } from '../model/truth.ts';

const sources = ['elements: SecurityGroupEgress', 'related: egressRules'].map((source) => {
  const [kind = '', path = ''] = source.split(': ');
  return compileSource({ [kind]: path });
});

/** The security group lets all ports out to every address of IPv4 or of IPv6, by one rule or by several together. */
export const letsOutForm: Form = () => (node, context) =>
  unlessConditionsMatter(context, () => letsOut(node, context));

function letsOut(node: Node, context: Context): Truth {
  const blocks: string[] = [];
  let doubt: Exclude<Truth, boolean> | undefined;
  for (const source of sources) {
    const { nodes, incomplete } = source(node, context);
    doubt ??= incomplete;
    relate(context, node, nodes);
    for (const member of nodes) {
      const there = present(member, context);
      if (there === undefined) continue;
      const rule = { ...there, value: openValue(there.value, context.world) };
      const ports = isWide(rule.value);
      if (ports === false) continue;
      const targets = targetsOf(rule, context);
      const cause = isUnknown(ports) ? ports : (rule.uncertain ?? targets.doubt);
      if (cause === undefined) blocks.push(...targets.blocks);
      else doubt ??= cause;
    }
  }
  const holds = holdsEveryAddress(blocks) || (doubt ?? false);
  if (!context.silent)
    observe(context, holds, {
      node,
      path: ['SecurityGroupEgress'],
      value: blocks.length === 0 ? 'no rule for all ports' : blocks.join(', '),
      expected: 'all ports out to every address',
      source: 'derived',
    });
  return holds;
}

function isWide(rule: Value | undefined): Truth {
  if (!isObjectValue(rule)) return false;
  return asked(rule.IpProtocol, (protocol) => {
    if (protocol instanceof SymbolicValue) return blocked(protocol);
    if (scalarText(protocol ?? '') === '-1') return true;
    return asked(rule.FromPort, (from) =>
      asked(rule.ToPort, (to) => {
        for (const port of [from, to]) if (port instanceof SymbolicValue) return blocked(port);
        return (toNumber(from) ?? 0) <= 1 && (toNumber(to) ?? 0) >= 65535 && from !== undefined;
      }),
    );
  });
}

interface Targets {
  readonly blocks: readonly string[];
  readonly doubt?: Exclude<Truth, boolean>;
}

function targetsOf(rule: Node, context: Context): Targets {
  if (!isObjectValue(rule.value)) return { blocks: [] };
  const { CidrIp, CidrIpv6, DestinationPrefixListId: listId } = rule.value;
  const blocks: string[] = [];
  let doubt: Targets['doubt'];
  const read = (value: Value | undefined): Truth =>
    asked(rangeOfNetwork(value, context), (text) => {
      if (typeof text === 'string') blocks.push(text);
      // A text of which pieces are known is the range of a network, not of every address.
      return text instanceof SymbolicValue && !(text instanceof PartialString) ? blocked(text) : false;
    });
  for (const value of [CidrIp, CidrIpv6]) {
    const found = read(value);
    if (isUnknown(found)) doubt ??= found;
  }
  const list = listId instanceof Reference ? context.graph.byId(listId.resourceId) : undefined;
  if (list?.type === 'AWS::EC2::PrefixList') {
    const found = someMember(openValue(list.properties.Entries, context.world), (entry) =>
      isObjectValue(entry) ? read(entry.Cidr) : false,
    );
    if (isUnknown(found)) doubt ??= found;
  } else if (listId instanceof SymbolicValue) doubt ??= blocked(listId);
  return doubt === undefined ? { blocks } : { blocks, doubt };
}
