import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';

/** Why something is in a plan without its values. */
export interface Deferred {
  readonly reason: string;
}

/** An instance of a resource or data source as a plan or a state has it. */
export interface PlanInstance {
  /** With the keys of modules and instances: `module.worker["a"].aws_sqs_queue.jobs[0]`. */
  readonly address: string;
  /** Address of the module instance; empty for the root. */
  readonly module: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly key?: string | number;
  /** `aws`, `awscc`, or the last part of another provider's name. */
  readonly provider: string;
  /** Values after the plan is applied. */
  readonly after: unknown;
  /** Mirrors `after`: true where a value, or all of a subtree, is not known. */
  readonly unknown: unknown;
  /** Mirrors `after`: true where a value is sensitive. */
  readonly sensitive: unknown;
  /** Where its values stand in the document: a JSON pointer. */
  readonly pointer: string;
  readonly deferred?: Deferred;
}

/** A module of the configuration, once for all of its instances. */
export interface ConfigModule {
  /** `module.api.module.routes`, without keys; empty for the root. */
  readonly path: string;
  readonly resources: ReadonlyMap<string, ConfigResource>;
  readonly outputs: RawObject;
  readonly variables: RawObject;
  /** How the parent calls it; undefined for the root. */
  readonly call?: RawObject;
  readonly parent?: ConfigModule;
}

export interface ConfigResource {
  /** Without keys, inside of its module: `aws_sqs_queue.jobs`, `data.aws_vpc.main`. */
  readonly address: string;
  readonly expressions: unknown;
  readonly forEach?: unknown;
  readonly count?: unknown;
  /** Key of `provider_config`. */
  readonly provider?: string;
}

/** A plan or a state, whatever version wrote it. */
export interface PlanDocument {
  readonly kind: 'plan' | 'state';
  /** What will be there, in the order of the document, and data sources. */
  readonly instances: readonly PlanInstance[];
  /** By path; empty for a state. */
  readonly modules: ReadonlyMap<string, ConfigModule>;
  readonly providers: RawObject;
  /** Values of the root module's variables. */
  readonly variables: ReadonlyMap<string, unknown>;
  /** Reasons for which it may hold less than will be there, each once. */
  readonly partial: readonly string[];
}

/** The address without the keys of modules and instances. */
export function withoutKeys(address: string): string {
  return address.includes('[') ? address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '') : address;
}

/** The document behind a JSON value of a format that is read: see `planForm`. Nothing in it is trusted to be there. */
export function planDocument(root: RawObject): PlanDocument {
  return Array.isArray(root['resource_changes']) || root['planned_values'] !== undefined
    ? planOf(root)
    : stateOf(root);
}

function planOf(root: RawObject): PlanDocument {
  const instances: PlanInstance[] = [];
  const partial = new Set<string>();
  if (root['errored'] === true) partial.add('planning ended with an error');
  if (root['complete'] === false)
    partial.add('the plan does not cover everything that the configuration holds');
  listOf(root['resource_changes']).forEach((change, index) => {
    const found = changedInstance(change, `/resource_changes/${index}/change/after`);
    if (found !== undefined) instances.push(found);
  });
  listOf(root['deferred_changes']).forEach((deferred, index) => {
    const reason = textOf(member(deferred, 'reason'));
    const at = `/deferred_changes/${index}/resource_change/change/after`;
    const found = changedInstance(member(deferred, 'resource_change'), at);
    partial.add(`changes are deferred (${reason})`);
    if (found !== undefined) instances.push({ ...found, deferred: { reason } });
  });
  const known = new Set(instances.map(({ address }) => address));
  const prior = member(member(root['prior_state'], 'values'), 'root_module');
  for (const found of stateInstances(prior, '/prior_state/values/root_module', ''))
    if (found.mode === 'data' && !known.has(found.address)) instances.push(found);
  const configuration = root['configuration'];
  const modules = new Map<string, ConfigModule>();
  addModule(member(configuration, 'root_module'), '', undefined, undefined, modules);
  const providers = member(configuration, 'provider_config');
  return {
    kind: 'plan',
    instances,
    modules,
    providers: isRawObject(providers) ? providers : {},
    variables: new Map(entriesOf(root['variables']).map(([name, value]) => [name, member(value, 'value')])),
    partial: [...partial],
  };
}

function stateOf(root: RawObject): PlanDocument {
  const instances = stateInstances(member(root['values'], 'root_module'), '/values/root_module', '');
  return {
    kind: 'state',
    instances,
    modules: new Map(),
    providers: {},
    variables: new Map(),
    partial: [],
  };
}

function changedInstance(change: unknown, pointer: string): PlanInstance | undefined {
  if (!isRawObject(change) || change['deposed'] !== undefined) return undefined;
  const { address, type, name, mode, provider_name: provider, module_address: module } = change;
  const actions = listOf(member(change['change'], 'actions'));
  if (typeof address !== 'string' || typeof type !== 'string') return undefined;
  if (actions.length > 0 && actions.every((action) => action === 'delete' || action === 'forget'))
    return undefined;
  const key = change['index'];
  return {
    address,
    module: typeof module === 'string' ? module : '',
    mode: mode === 'data' ? 'data' : 'managed',
    type,
    name: textOf(name),
    ...(typeof key === 'string' || typeof key === 'number' ? { key } : {}),
    provider: providerOf(provider, type),
    after: member(change['change'], 'after'),
    unknown: member(change['change'], 'after_unknown'),
    sensitive: member(change['change'], 'after_sensitive'),
    pointer,
  };
}

function stateInstances(module: unknown, pointer: string, address: string): PlanInstance[] {
  const found: PlanInstance[] = [];
  const open = [{ module, pointer, address }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const at = next;
    listOf(member(at.module, 'resources')).forEach((resource, index) => {
      if (!isRawObject(resource)) return;
      const { address: own, type, name, mode, provider_name: provider, index: key } = resource;
      if (typeof own !== 'string' || typeof type !== 'string' || resource['deposed_key'] !== undefined)
        return;
      found.push({
        address: own,
        module: at.address,
        mode: mode === 'data' ? 'data' : 'managed',
        type,
        name: textOf(name),
        ...(typeof key === 'string' || typeof key === 'number' ? { key } : {}),
        provider: providerOf(provider, type),
        after: resource['values'],
        unknown: {},
        sensitive: resource['sensitive_values'],
        pointer: `${at.pointer}/resources/${index}/values`,
      });
    });
    listOf(member(at.module, 'child_modules')).forEach((child, index) => {
      const inner = member(child, 'address');
      open.push({
        module: child,
        pointer: `${at.pointer}/child_modules/${index}`,
        address: typeof inner === 'string' ? inner : at.address,
      });
    });
  }
  return found;
}

/** Source: terraform-json; 0.12 wrote the bare name, newer versions a registry's address. */
function providerOf(provider: unknown, type: string): string {
  if (typeof provider === 'string' && provider !== '') return provider.slice(provider.lastIndexOf('/') + 1);
  return type.split('_', 1)[0] ?? '';
}

function addModule(
  module: unknown,
  path: string,
  call: RawObject | undefined,
  parent: ConfigModule | undefined,
  modules: Map<string, ConfigModule>,
): void {
  const resources = new Map<string, ConfigResource>();
  for (const resource of listOf(member(module, 'resources'))) {
    if (!isRawObject(resource) || typeof resource['address'] !== 'string') continue;
    const { address, expressions, for_each_expression: forEach, count_expression: count } = resource;
    const provider = resource['provider_config_key'];
    resources.set(address, {
      address,
      expressions: expressions ?? {},
      ...(forEach === undefined ? {} : { forEach }),
      ...(count === undefined ? {} : { count }),
      ...(typeof provider === 'string' ? { provider } : {}),
    });
  }
  const own: ConfigModule = {
    path,
    resources,
    outputs: objectOf(member(module, 'outputs')),
    variables: objectOf(member(module, 'variables')),
    ...(call === undefined ? {} : { call }),
    ...(parent === undefined ? {} : { parent }),
  };
  modules.set(path, own);
  for (const [name, inner] of entriesOf(member(module, 'module_calls'))) {
    const childPath = path === '' ? `module.${name}` : `${path}.module.${name}`;
    if (isRawObject(inner) && inner['module'] !== undefined)
      addModule(inner['module'], childPath, inner, own, modules);
  }
}

function objectOf(value: unknown): RawObject {
  return isRawObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
