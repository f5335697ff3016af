import { define } from './define.ts';
import { policyFromPlan } from './policy-from-plan.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import {
  Choice,
  isArrayValue,
  PartialString,
  Reference,
  Unresolved,
  type Cause,
  type Path,
  type StringPart,
  type Value,
} from '../model/value.ts';
import { isRawObject } from '../text/raw.ts';
import { mappedType } from './mapping/index.ts';
import type { Conversion, How, MappedType } from './mapping/mapped-type.ts';
import { dynamic, elementNodes, holdsUnknown, memberNode, type PlanNode } from './plan-node.ts';
import { withoutKeys, type ConfigResource, type PlanInstance } from './plan-document.ts';
import type { References } from './references.ts';
import { referencesIn, type Resolved, type Target } from './references.ts';

/** Where an instance is deployed, as far as that is known. */
export interface InstancePlace {
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
}

/**
 * Evaluates an attribute's expression in the sources; undefined where they do not have one. A text that was
 * encoded is what it holds where a document is wanted.
 */
export type SourceEvaluation = (instance: PlanInstance, path: Path, isDocument: boolean) => Value | undefined;

export interface PlanValuesOptions {
  readonly scope: string;
  readonly references: References;
  readonly secrets: SecretTexts;
  readonly placeOf: (instance: PlanInstance) => InstancePlace;
  readonly fromSources?: SourceEvaluation;
  /** How the sources say that an attribute is not set; undefined where they do not say so. */
  readonly unsetBy?: (instance: PlanInstance, path: Path) => 'absence' | 'null' | undefined;
}

/** Chains of attributes that name attributes are followed this far. */
const depthLimit = 12;

/** What a value may go on behind, as `/*` does behind a bucket's ARN. */
const openEnded: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::StepFunctions::StateMachine',
]);

/** Reads the values of a plan's instances, and resolves those that are known only after it is applied. */
export class PlanValues {
  readonly #options: PlanValuesOptions;
  #depth = 0;

  constructor(options: PlanValuesOptions) {
    this.#options = options;
  }

  get references(): References {
    return this.#options.references;
  }

  /** Id in the graph. */
  idOf(instance: PlanInstance, suffix?: string): string {
    const id = `${this.#options.scope}/${instance.address}`;
    return suffix === undefined ? id : `${id}#${suffix}`;
  }

  configOf(instance: PlanInstance): ConfigResource | undefined {
    const local =
      instance.module === '' ? instance.address : instance.address.slice(instance.module.length + 1);
    return this.references.moduleOf(instance.module)?.resources.get(withoutKeys(local));
  }

  rootOf(instance: PlanInstance): PlanNode {
    const config = this.configOf(instance);
    return {
      after: instance.after,
      unknown: instance.deferred === undefined ? instance.unknown : {},
      sensitive: instance.sensitive,
      expression: config?.expressions ?? {},
      path: [],
    };
  }

  /** The node at an attribute, through blocks of one element; undefined where a block is not there. */
  nodeAt(instance: PlanInstance, path: readonly string[]): PlanNode | undefined {
    let node: PlanNode | undefined = this.rootOf(instance);
    for (const [index, name] of path.entries()) {
      node = memberNode(node, name);
      if (index < path.length - 1) [node] = elementNodes(node);
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** The value of an attribute, by its path; undefined where it is not set. */
  attribute(instance: PlanInstance, path: readonly string[], how: How = {}): Value | undefined {
    const node = this.nodeAt(instance, path);
    return node === undefined ? undefined : this.value(instance, node, how);
  }

  /** What the expression of an attribute refers to, known or not. */
  referencesTo(instance: PlanInstance, path: readonly string[]): readonly Target[] {
    const node = this.nodeAt(instance, path);
    const references = node === undefined ? [] : referencesIn(node.expression);
    return this.references.resolve(references, instance, this.configOf(instance)?.forEach).targets;
  }

  /** A value with everything below it; undefined where it is not set. */
  value(instance: PlanInstance, node: PlanNode, how: How = {}): Value | undefined {
    if (node.unknown === true && (node.after === undefined || node.after === null))
      return how.known === true ? undefined : this.#unknown(instance, node, how);
    const { after } = node;
    if (after === null || after === undefined) return undefined;
    if (Array.isArray(after)) return this.#list(instance, node, how);
    if (isRawObject(after)) return this.#object(instance, node, how);
    if (node.sensitive === true) this.#options.secrets.add(after as Value);
    return after as Value;
  }

  #list(instance: PlanInstance, node: PlanNode, how: How): Value | undefined {
    const items = elementNodes(node);
    if (items.length === 0) return undefined;
    const hasLeaves = items.some(
      ({ unknown, after }) => unknown === true && (after === null || after === undefined),
    );
    if (hasLeaves && node.expression !== dynamic) return this.#partlyKnownList(instance, node, items, how);
    return items
      .map((item) => this.value(instance, item, how))
      .filter((item): item is Value => item !== undefined);
  }

  /** A list of which some elements are known: the others are what its expression refers to. */
  #partlyKnownList(instance: PlanInstance, node: PlanNode, items: readonly PlanNode[], how: How): Value {
    const known = items.filter(({ unknown }) => !holdsUnknown(unknown));
    const others = this.#unknown(instance, node, { ...how, list: true });
    const kept = known
      .map((item) => this.value(instance, item, how))
      .filter((item): item is Value => item !== undefined);
    if (others === undefined) return kept;
    // With sources the expression gives all of the list.
    if (this.#options.fromSources !== undefined && isArrayValue(others) && others.length === items.length)
      return others;
    return [...kept, ...(isArrayValue(others) ? others : items.slice(known.length).map(() => others))];
  }

  #object(instance: PlanInstance, node: PlanNode, how: How): Value | undefined {
    const members: Record<string, Value> = {};
    const names = new Set([...Object.keys(node.after as object), ...unknownNames(node.unknown)]);
    for (const name of names) {
      const value = this.value(instance, memberNode(node, name), how);
      if (value !== undefined) define(members, name, value);
    }
    return members;
  }

  /** What is known only after the plan is applied: absent where nothing is written. */
  #unknown(instance: PlanInstance, node: PlanNode, how: How): Value | undefined {
    const { expression, path } = node;
    // Blocks that are generated have no expression in a plan, so that the sources are asked first.
    const written = this.#options.fromSources?.(instance, path, isDocument(how));
    if (written !== undefined && !(written instanceof Unresolved)) {
      if (node.sensitive === true) this.#options.secrets.add(written);
      return written;
    }
    if (expression === undefined) return written;
    if (written === undefined && this.#isUnset(instance, node)) return undefined;
    const found = this.#fromReferences(instance, node, how);
    return written !== undefined && found instanceof Unresolved ? written : found;
  }

  /** A provider computes what is null. What is not written at all is so only where the plan has no expression either. */
  #isUnset(instance: PlanInstance, { expression, path }: PlanNode): boolean {
    const unset = this.#options.unsetBy?.(instance, path);
    return unset === 'null' || (unset === 'absence' && expression === dynamic);
  }

  #fromReferences(instance: PlanInstance, node: PlanNode, how: How): Value {
    const { expression } = node;
    const references = expression === dynamic ? [] : referencesIn(expression);
    const config = this.configOf(instance);
    const resolved = this.references.resolve(references, instance, config?.forEach);
    const cause = this.#cause(instance, node, resolved, references);
    if (this.#depth > depthLimit || references.length === 0) return new Unresolved(cause);
    if (resolved.open.length > 0 || resolved.targets.length === 0) return new Unresolved(cause);
    this.#depth += 1;
    try {
      return this.#fromTargets(instance, resolved, how, cause);
    } finally {
      this.#depth -= 1;
    }
  }

  #fromTargets(instance: PlanInstance, resolved: Resolved, how: How, cause: Cause): Value {
    const [target, another] = resolved.targets;
    if (isDocument(how)) {
      if (target === undefined || another !== undefined) return new Unresolved(cause);
      if (how.as === 'redrive') return this.#redrive(target, cause);
      return this.#policyOf(target) ?? new Unresolved(cause);
    }
    if (how.free === true || resolved.targets.some((each) => !isNamed(each, how)))
      return new Unresolved(cause);
    const values = resolved.targets.map((target) => this.ofTarget(target, how));
    if (how.list === true) {
      const flat = values.flatMap((value) => (isArrayValue(value) ? value : [value]));
      if (flat.length === 1 || !resolved.hasInputs) return flat;
      // A condition may pick among them, and a plan does not keep it.
      return flat.map(
        (value, index) => new Choice(this.#pick(instance, resolved, index, cause), value, undefined),
      );
    }
    const [first, ...others] = values;
    if (first === undefined || !areAlike(resolved.targets)) return new Unresolved(cause);
    return others.reduce<Value>(
      (either, value, index) => new Choice(this.#pick(instance, resolved, index + 1, cause), value, either),
      first,
    );
  }

  /** A redrive policy holds one ARN, so that the plan tells the queue, and only hides the count. */
  #redrive(target: Target, cause: Cause): Value {
    const queue = this.ofTarget(target);
    return queue instanceof Reference
      ? { deadLetterTargetArn: queue, maxReceiveCount: new Unresolved(cause) }
      : new Unresolved(cause);
  }

  /** The document of a data source that is read only when the plan is applied. */
  #policyOf({ instance, attribute }: Target): Value | undefined {
    const isPolicy = instance.mode === 'data' && instance.type === 'aws_iam_policy_document';
    if (!isPolicy || !(attribute === 'json' || attribute === 'minified_json')) return undefined;
    return policyFromPlan((path, how) => this.attribute(instance, path, how));
  }

  #pick(instance: PlanInstance, { targets }: Resolved, index: number, cause: Cause): Cause {
    const target = targets[index];
    const name = target === undefined ? '' : nameOf(target);
    return {
      code: 'condition',
      message: `whether an attribute of \`${instance.address}\` takes its value from \`${name}\` is not known before the plan is applied`,
      ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }),
    };
  }

  #cause(instance: PlanInstance, node: PlanNode, resolved: Resolved, references: readonly unknown[]): Cause {
    const attribute = node.path.filter((segment) => typeof segment === 'string').join('.');
    const names = [...new Set([...resolved.targets.map(nameOf), ...resolved.open])];
    const shown =
      names.length > 0 ? names : references.filter((each): each is string => typeof each === 'string');
    const some = shown.slice(0, 4).map((each) => `\`${each}\``);
    const more = shown.length > some.length ? ` and ${shown.length - some.length} more` : '';
    const from = some.length === 0 ? '' : `; it refers to ${some.join(', ')}${more}`;
    const hasSources = this.#options.fromSources !== undefined;
    return {
      code: 'attribute',
      message: `\`${attribute}\` of \`${instance.address}\` is known only after the plan is applied${from}`,
      remedy: hasSources
        ? 'scan the plan again after the resources that it refers to are created'
        : 'scan the plan with its configuration: add --sources with the folder of the .tf files',
    };
  }

  /** What a reference to an attribute of an instance means. */
  ofTarget(target: Target, how: How = {}): Value {
    const { instance, attribute } = target;
    const [first = ''] = (attribute ?? '').split(/[.[]/, 1);
    const mapped = instance.mode === 'managed' ? mappedType(instance.type) : undefined;
    const known = this.#knownAttribute(instance, attribute);
    if (known !== undefined) return known;
    const id = mapped?.ids?.[first];
    if (mapped !== undefined && id !== undefined) return this.#ofId(instance, mapped, id, how);
    if (mapped !== undefined && mapped.partOf === undefined && attribute === undefined)
      return new Reference(this.idOf(instance));
    const owner = mapped?.partOf === undefined ? undefined : Object.keys(mapped.partOf)[0];
    const asked = first === 'id' && owner !== undefined ? owner : first;
    const path = asked === first ? pathOf(attribute) : [asked];
    const config = path.length === 0 ? undefined : this.attribute(instance, path, how);
    if (config !== undefined) return config;
    return new Unresolved(
      {
        code: 'attribute',
        message: `\`${nameOf(target)}\` is known only after the plan is applied`,
        remedy: 'scan the plan again after that resource is created',
      },
      `${this.idOf(instance)}.${attribute ?? ''}`,
    );
  }

  #knownAttribute(instance: PlanInstance, attribute: string | undefined): Value | undefined {
    const path = pathOf(attribute);
    if (path.length === 0) return undefined;
    const node = this.nodeAt(instance, path);
    const { after } = node ?? {};
    if (node === undefined || typeof after === 'object' || after === undefined) return undefined;
    return this.value(instance, node);
  }

  #ofId(instance: PlanInstance, mapped: MappedType, id: string, how: How): Value {
    if (id.startsWith('@')) {
      const value = this.attribute(instance, [id.slice(1)], how);
      return value ?? new Reference(this.idOf(instance));
    }
    if (id.startsWith('#')) return this.#beside(instance, mapped, id.slice(1));
    if (!id.includes('{')) {
      const reference =
        id === 'Ref' ? new Reference(this.idOf(instance)) : new Reference(this.idOf(instance), id);
      const mayGoOn = how.as === 'text' && id !== 'Ref' && openEnded.has(mapped.type);
      return mayGoOn ? new PartialString([reference, this.#tail(instance)]) : reference;
    }
    const parts = id.split(/(\{[^}]*\})/).flatMap((piece) => this.#piece(instance, mapped, piece));
    if (how.as === 'text') parts.push(this.#tail(instance));
    return textOf(parts);
  }

  #beside(instance: PlanInstance, mapped: MappedType, name: string): Reference {
    const [suffix = '', attribute] = name.split('.');
    const also = mapped.also?.find((each) => each.suffix === suffix);
    const isThere = also !== undefined && isSet(this.attribute(instance, [also.when]));
    const id = this.idOf(instance, isThere ? suffix : undefined);
    return attribute === undefined || !isThere ? new Reference(id) : new Reference(id, attribute);
  }

  #piece(instance: PlanInstance, mapped: MappedType, piece: string): StringPart[] {
    if (!piece.startsWith('{')) return piece === '' ? [] : [piece];
    const name = piece.slice(1, -1);
    if (name === 'partition' || name === 'region' || name === 'account') {
      const known = this.#options.placeOf(instance)[name];
      return [known ?? (name === 'partition' ? 'aws' : this.#pseudo(name))];
    }
    const value = name.startsWith('@')
      ? this.attribute(instance, [name.slice(1)])
      : this.#ofId(instance, mapped, name, {});
    return value === undefined ? [this.#tail(instance)] : partsOf(value);
  }

  #pseudo(name: 'region' | 'account'): Unresolved {
    const option = name === 'region' ? 'region' : 'account';
    return new Unresolved(
      {
        code: 'pseudo-parameter',
        message: `the ${name === 'region' ? 'Region' : 'account'} of the provider is not known`,
        remedy: `pass --${option}`,
      },
      name === 'region' ? 'AWS::Region' : 'AWS::AccountId',
    );
  }

  #tail({ address }: PlanInstance): Unresolved {
    return new Unresolved({
      code: 'attribute',
      message: `what follows the reference to \`${address}\` is not in the plan`,
      remedy: 'scan the plan with its configuration: add --sources with the folder of the .tf files',
    });
  }
}

/** False where a property cannot name a resource of the target's type by a reference alone. */
function isNamed({ instance }: Target, { of }: How): boolean {
  if (of === undefined || instance.mode !== 'managed') return true;
  const mapped = mappedType(instance.type);
  return mapped !== undefined && of.includes(mapped.type);
}

/** Of several references to things of one kind a condition picks one; of others a text is made. */
function areAlike(targets: readonly Target[]): boolean {
  return new Set(targets.map(({ instance, attribute }) => `${instance.type}.${attribute ?? ''}`)).size <= 1;
}

/** True where a text is read for what it holds. */
function isDocument({ as }: How): boolean {
  return as !== undefined && ofDocuments.has(as);
}

/** Conversions of texts that are not known as soon as one piece of them is not. */
const ofDocuments: ReadonlySet<Conversion> = new Set([
  'definition',
  'document',
  'json',
  'redrive',
  'statements',
]);

/** False for what is not there, and for what is switched off. */
export function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== false && value !== '';
}

/** `a.b[0].c` as names; indices are left out, as a block of one element is its element. */
export function pathOf(attribute: string | undefined): readonly string[] {
  if (attribute === undefined) return [];
  return attribute
    .replace(/\[[^\]]*\]/g, '')
    .split('.')
    .filter((name) => name !== '' && name !== '*');
}

function nameOf({ instance, attribute }: Target): string {
  return attribute === undefined ? instance.address : `${instance.address}.${attribute}`;
}

/** A value as pieces of a text. */
export function partsOf(value: Value): StringPart[] {
  if (value instanceof PartialString) return [...value.parts];
  if (value instanceof Reference || value instanceof Unresolved) return [value];
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [String(value)];
  const cause: Cause = { code: 'unsupported', message: 'a part of the text is not known' };
  return [new Unresolved(value instanceof Choice ? value.cause : cause)];
}

/** A text of pieces: plain where all are known, with neighbours that are known made one. */
export function textOf(parts: readonly StringPart[]): Value {
  const merged: StringPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  const [only] = merged;
  if (merged.length === 0) return '';
  return merged.length === 1 && only !== undefined && typeof only === 'string'
    ? only
    : new PartialString(merged);
}

function unknownNames(unknown: unknown): readonly string[] {
  if (!isRawObject(unknown)) return [];
  return Object.keys(unknown).filter((name) => unknown[name] === true);
}
