import { Choice, type Value } from '../model/value.ts';
import { carriedValue, credentialDoubt, credentialIn } from './credentials.ts';
import type { Form } from './form.ts';
import { observe } from './observe.ts';
import type { Truth } from './truth.ts';

/** The entry (`{Key, Value}`) carries a credential; what it is, is never shown. */
export const credentialForm: Form = () => (node, context) => {
  const { Key: key = '', Value: held } = node.value as { readonly Key?: string; readonly Value?: Value }; // as `entries` makes them
  const value = carriedValue(held);
  const found = bothSides(value, (side) => credentialIn(key, side, context.data.credentials));
  const carries: Truth = found === undefined ? (credentialDoubt(value) ?? false) : true;
  if (!context.silent)
    observe(context, carries, {
      node,
      path: node.path,
      value: `${key}: ${found === undefined ? 'no credential' : '(redacted)'}`,
      expected: 'a credential',
    });
  return carries;
};

function bothSides(
  value: Value | undefined,
  look: (value: Value | undefined) => string | undefined,
): string | undefined {
  return value instanceof Choice ? (look(value.whenTrue) ?? look(value.whenFalse)) : look(value);
}
