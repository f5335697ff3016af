import { openValue } from '../model/open-value.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { Choice, isObjectValue, PartialString, Unresolved, type Value } from '../model/value.ts';
import {
  carriedValue,
  credentialIn,
  credentialInCode,
  type CredentialFound,
  type CredentialTerms,
} from './credentials.ts';
import type { Form } from './form.ts';
import type { Context, Node } from './node.ts';
import { observe } from './observe.ts';
import type { Truth } from '../model/truth.ts';
import { unlessConditionsMatter } from './worlds.ts';

/** What a rule gives the form: names of its parameters that hold the user's own names and values. */
interface OwnTerms {
  /** Members of the current thing that hold the name and the value. @default Key, Value */
  readonly key?: string;
  readonly value?: string;
  /** `shapes`: the value is program code. */
  readonly only?: 'shapes';
  readonly names?: { readonly parameter: string };
  readonly values?: { readonly parameter: string };
}

/** The entry (`{Key, Value}`) carries a credential; what it is, is never shown. */
export const credentialForm: Form = (raw) => {
  const own = (raw['credential'] === true ? {} : raw['credential']) as OwnTerms; // as the schema has it
  const carries = (node: Node, context: Context): Truth => {
    const members = isObjectValue(node.value) ? node.value : {};
    const name = openValue(members[own.key ?? 'Key'], context.world);
    const key = lastPart(name);
    const held = members[own.value ?? 'Value'];
    const listed = (term: { readonly parameter: string } | undefined): readonly string[] =>
      term === undefined ? [] : (context.parameters[term.parameter] as readonly string[]);
    const value = openValue(carriedValue(held), context.world);
    const terms: CredentialTerms = {
      data: context.data.credentials,
      names: listed(own.names),
      values: listed(own.values),
      isDeclaredName: (text) =>
        declaredNames(context.graph)
          .get(text)
          ?.some(({ uncertain }) => context.world.admits(uncertain)) === true,
    };
    const found =
      own.only === 'shapes'
        ? inCode(openValue(held, context.world), context)
        : (credentialIn(key, value, terms) ?? underOpenName(name, value, terms));
    const isOne: Truth = typeof found === 'string' ? true : (found ?? false);
    if (!context.silent)
      observe(context, isOne, {
        node,
        path: node.path,
        value: `${key}: ${isOne === true ? '(redacted)' : isOne === false ? 'no credential' : '(not known)'}`,
        expected: 'a credential',
      });
    return isOne;
  };
  return (node, context) => unlessConditionsMatter(context, () => carries(node, context));
};

/** Why it is not known whether a literal is a credential whose name only the deployment knows. */
function underOpenName(
  name: Value | undefined,
  value: Value | undefined,
  terms: CredentialTerms,
): CredentialFound {
  if (name === undefined || lastPart(name) !== '') return undefined;
  if (typeof credentialIn('password', value, terms) !== 'string') return undefined;
  return name instanceof Unresolved
    ? name.cause
    : { code: 'attribute', message: 'the name of the value is known only after deployment' };
}

/** What stands in program code, whose pieces may be known in part. */
function inCode(code: Value | undefined, { data }: Context): CredentialFound {
  if (code instanceof Unresolved) return code.cause;
  if (code instanceof Choice) return code.cause;
  const texts =
    code instanceof PartialString ? code.parts.filter((part) => typeof part === 'string') : [code];
  for (const text of texts) {
    const found = typeof text === 'string' ? credentialInCode(text, data.credentials) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `db-password` of `/orders/${Stage}/db-password`. */
function lastPart(name: Value | undefined): string {
  const text = (toSymbolicText(name)?.text ?? '').replaceAll(/\uE000[^\uE001]*\uE001/g, '');
  return text.slice(text.lastIndexOf('/') + 1);
}

type DeclaredNames = ReadonlyMap<string, readonly Resource[]>;
const namesOf = new WeakMap<ResourceGraph, DeclaredNames>();

/** Names of the secrets and parameters at hand: to write one of them is to refer to it. */
function declaredNames(graph: ResourceGraph): DeclaredNames {
  let names = namesOf.get(graph);
  if (names === undefined) {
    const holders = ['AWS::SecretsManager::Secret', 'AWS::SSM::Parameter'].flatMap((type) =>
      graph.ofType(type),
    );
    const found = new Map<string, Resource[]>();
    for (const holder of holders) {
      const { Name: name } = holder.properties;
      if (typeof name === 'string') found.set(name, [...(found.get(name) ?? []), holder]);
    }
    names = found;
    namesOf.set(graph, names);
  }
  return names;
}
