import { isRawObject, type RawObject } from '../text/raw.ts';
import { decodeText } from '../text/source-text.ts';
import type { Configuration } from './hcl/configuration.ts';
import { configurationOf } from './configured-expressions.ts';
import { readMessagePack, unknownValue } from './msgpack.ts';
import { listOf } from './plan-document.ts';
import { protobufFields, type ProtobufField } from './protobuf.ts';
import { zipEntries } from './zip.ts';

/** Largest part of a plan file that is unpacked. */
const partLimitBytes = 200 * 1024 * 1024;

/** Numbers of fields in planfile.proto of Terraform 1.11 and OpenTofu 1.10, which earlier versions share. */
const planFields = { version: 1, variables: 2, changes: 3, terraformVersion: 14, errored: 20 } as const;
const changeFields = { deposed: 7, provider: 8, change: 9, address: 13 } as const;

const actions: Readonly<Record<number, readonly string[]>> = {
  0: ['no-op'],
  1: ['create'],
  2: ['read'],
  3: ['update'],
  5: ['delete'],
  6: ['delete', 'create'],
  7: ['create', 'delete'],
  8: ['forget'],
  9: ['create', 'forget'],
};

/**
 * A plan file as the JSON that `show -json` makes of it, as far as anything in it is read: changes, data that was
 * read, variables, and the configuration that lies in the file.
 * @returns undefined where the bytes are no plan file of a version that is read.
 */
export function binaryPlan(bytes: Uint8Array, configuration: Configuration): RawObject | undefined {
  const entries = new Map((zipEntries(bytes) ?? []).map((entry) => [entry.name, entry]));
  const plan = entries.get('tfplan')?.read(partLimitBytes);
  if (plan === undefined) return undefined;
  try {
    const fields = protobufFields(plan);
    const version = fields.find(({ number }) => number === planFields.version)?.integer;
    if (version !== 3) return undefined;
    const changes = fields.filter(({ number }) => number === planFields.changes);
    const state = entries.get('tfstate')?.read(partLimitBytes);
    return {
      format_version: '1.2',
      terraform_version: textIn(fields, planFields.terraformVersion),
      errored: fields.some(({ number, integer }) => number === planFields.errored && integer === 1),
      variables: variablesOf(fields),
      resource_changes: changes.map(({ bytes: change }) => changeOf(change)),
      prior_state: {
        values: { root_module: { resources: state === undefined ? [] : dataIn(decodeText(state)) } },
      },
      configuration: configurationOf(configuration),
    };
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function textIn(fields: readonly ProtobufField[], number: number): string {
  const found = fields.find((field) => field.number === number);
  return found === undefined ? '' : new TextDecoder().decode(found.bytes);
}

/** The first field of this number, as a message. */
function messageIn(fields: readonly ProtobufField[], number: number): readonly ProtobufField[] {
  const found = fields.find((field) => field.number === number);
  return found === undefined ? [] : protobufFields(found.bytes);
}

function variablesOf(fields: readonly ProtobufField[]): RawObject {
  const variables = fields.flatMap(({ number, bytes }): [string, unknown][] => {
    if (number !== planFields.variables) return [];
    const entry = protobufFields(bytes);
    const value = dynamicValue(messageIn(entry, 2));
    // Values of the root module's variables are kept without their type.
    return [[textIn(entry, 1), { value: split(value).after }]];
  });
  return Object.fromEntries(variables);
}

function dynamicValue(fields: readonly ProtobufField[]): unknown {
  const packed = fields.find(({ number }) => number === 1)?.bytes;
  return packed === undefined || packed.byteLength === 0 ? null : readMessagePack(packed);
}

function changeOf(bytes: Uint8Array): RawObject {
  const fields = protobufFields(bytes);
  const change = messageIn(fields, changeFields.change);
  const action = change.find(({ number }) => number === 1)?.integer ?? 0;
  const values = change
    .filter(({ number }) => number === 2)
    .map((each) => dynamicValue(protobufFields(each.bytes)));
  const { after, unknown } = split(values.at(-1) ?? null);
  const sensitive = change.filter(({ number }) => number === 4).map((each) => pathOf(each.bytes));
  const deposed = textIn(fields, changeFields.deposed);
  return {
    ...addressParts(textIn(fields, changeFields.address)),
    ...(deposed === '' ? {} : { deposed }),
    provider_name: /"([^"]*)"\]/.exec(textIn(fields, changeFields.provider))?.[1] ?? '',
    change: {
      actions: actions[action] ?? ['update'],
      after,
      after_unknown: unknown,
      after_sensitive: sensitiveTree(sensitive),
    },
  };
}

/** What is known, and a mirror of it that is true where nothing is. */
function split(value: unknown): { readonly after: unknown; readonly unknown: unknown } {
  if (value === unknownValue) return { after: undefined, unknown: true };
  if (Array.isArray(value)) {
    const parts = value.map(split);
    return { after: parts.map(({ after }) => after ?? null), unknown: parts.map(({ unknown }) => unknown) };
  }
  if (!isRawObject(value)) return { after: value, unknown: false };
  const parts = Object.entries(value).map(([name, inner]) => [name, split(inner)] as const);
  return {
    after: Object.fromEntries(
      parts.flatMap(([name, { after }]) => (after === undefined ? [] : [[name, after]])),
    ),
    unknown: Object.fromEntries(parts.map(([name, { unknown }]) => [name, unknown])),
  };
}

type PathStep = string | number;

function pathOf(bytes: Uint8Array): readonly PathStep[] {
  return protobufFields(bytes).flatMap(({ number, bytes: step }): PathStep[] => {
    if (number !== 1) return [];
    const fields = protobufFields(step);
    const name = fields.find((field) => field.number === 1);
    if (name !== undefined) return [new TextDecoder().decode(name.bytes)];
    const key = dynamicValue(messageIn(fields, 2));
    return typeof key === 'string' || typeof key === 'number' ? [key] : [];
  });
}

function sensitiveTree(paths: readonly (readonly PathStep[])[]): unknown {
  const inner = new Map<PathStep, (readonly PathStep[])[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) return true;
    inner.set(first, [...(inner.get(first) ?? []), rest]);
  }
  const isList = inner.size > 0 && [...inner.keys()].every((key) => typeof key === 'number');
  if (!isList) return Object.fromEntries([...inner].map(([key, rest]) => [key, sensitiveTree(rest)]));
  const list: unknown[] = [];
  for (const [key, rest] of inner) list[Number(key)] = sensitiveTree(rest);
  return list;
}

const addressPattern =
  /^((?:module\.[^.[]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?\.)*)(data\.)?([\w-]+)\.([\w-]+)(?:\[((?:"(?:[^"\\]|\\.)*")|\d+)\])?$/s;

function addressParts(address: string): RawObject {
  const [, module = '', data, type = '', name = '', key] = addressPattern.exec(address) ?? [];
  return {
    address,
    ...(module === '' ? {} : { module_address: module.slice(0, -1) }),
    mode: data === undefined ? 'managed' : 'data',
    type,
    name,
    ...(key === undefined ? {} : { index: JSON.parse(key) as unknown }),
  };
}

/** Data sources that were read while planning: they stand in the state alone, in the form of version 4. */
function dataIn(text: string): readonly RawObject[] {
  const state: unknown = JSON.parse(text);
  const resources = isRawObject(state) ? listOf(state['resources']) : [];
  return resources.flatMap((resource): RawObject[] => {
    if (!isRawObject(resource) || resource['mode'] !== 'data') return [];
    const { type, name, provider, module } = resource;
    return listOf(resource['instances']).flatMap((instance): RawObject[] => {
      if (!isRawObject(instance)) return [];
      const key = instance['index_key'];
      const suffix = key === undefined ? '' : `[${JSON.stringify(key)}]`;
      const local = `data.${String(type)}.${String(name)}${suffix}`;
      return [
        {
          address: typeof module === 'string' ? `${module}.${local}` : local,
          ...(typeof module === 'string' ? { module_address: module } : {}),
          mode: 'data',
          type,
          name,
          ...(key === undefined ? {} : { index: key }),
          provider_name: /"([^"]*)"\]/.exec(String(provider))?.[1] ?? '',
          values: instance['attributes'],
        },
      ];
    });
  });
}
