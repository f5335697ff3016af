import { isRawObject, member } from '../text/raw.ts';
import { inheritedAttributes, type SamContext, type SamResource } from './context.ts';
import { deploymentPolicy } from './deployment-preference.ts';
import { alphanumeric, hashedId, shortHash } from './logical-id.ts';
import { SamProblem } from './problem.ts';
import {
  getAtt,
  isGiven,
  isTruthy,
  listOf,
  namedResource,
  present,
  ref,
  refName,
  type Tree,
} from './tree.ts';

/** The alias that a function is invoked by. */
export interface PublishedAlias {
  readonly id: string;
  /** Text, or a reference to a parameter whose value comes with the deployment. */
  readonly name: unknown;
}

/** `AutoPublishAlias`: a version of the function as it is, and the alias that points at it. */
export function publishVersion(resource: SamResource, context: SamContext): PublishedAlias | undefined {
  const { id, properties } = resource;
  const policy = deploymentPolicy(resource, context);
  if (!isTruthy(properties['AutoPublishAlias'])) return undefined;
  const name = aliasName(properties['AutoPublishAlias'], context);
  const aliasId = `${id}Alias${idPart(name)}`;
  const versionId = emitVersion(resource, context);
  const attributes = inheritedAttributes(resource);
  const alias = {
    Type: 'AWS::Lambda::Alias',
    ...attributes,
    ...present({ UpdatePolicy: policy }),
    Properties: present({
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: getAtt(versionId, 'Version'),
      ProvisionedConcurrencyConfig: properties['ProvisionedConcurrencyConfig'],
    }),
  };
  context.emit(aliasId, alias, { id, path: ['AutoPublishAlias'] });
  context.parts.set(`${id}.Version`, versionId).set(`${id}.Alias`, aliasId);
  return { id: aliasId, name };
}

/** The alias's name in its logical id: `-` is written `D` and `_` is written `U`, as the transform does. */
function idPart(name: unknown): string {
  if (typeof name !== 'string') return alphanumeric(refName(name) ?? '');
  return alphanumeric(name.replaceAll('-', 'D').replaceAll('_', 'U'));
}

/** The name, or the reference to a parameter that gets its value with the deployment. */
function aliasName(written: unknown, context: SamContext): unknown {
  const name = context.resolved(written);
  if (context.isOpenParameter(name)) return name;
  if (typeof name !== 'string') {
    throw new SamProblem('`AutoPublishAlias` must be a string or a `Ref` to a parameter with a default', [
      'AutoPublishAlias',
    ]);
  }
  if (name === '') throw new SamProblem('`AutoPublishAlias` cannot be empty', ['AutoPublishAlias']);
  if (!/^[A-Za-z0-9_-]+$/.test(name) || /^[0-9]+$/.test(name)) {
    throw new SamProblem(
      '`AutoPublishAlias` can contain only letters, digits, `-` and `_`, and not only digits',
      ['AutoPublishAlias'],
    );
  }
  return name;
}

function emitVersion(resource: SamResource, context: SamContext): string {
  const { id, properties } = resource;
  const versionId = versionLogicalId(resource, context);
  const deletion = properties['VersionDeletionPolicy'];
  const version = {
    Type: 'AWS::Lambda::Version',
    ...inheritedAttributes(resource),
    DeletionPolicy: resource.raw['DeletionPolicy'] ?? deletion ?? defaultDeletion(properties),
    Properties: present({
      Description: properties['VersionDescription'],
      FunctionName: ref(id),
      FunctionScalingConfig: isGiven(properties['CapacityProviderConfig'])
        ? properties['FunctionScalingConfig']
        : undefined,
    }),
  };
  context.emit(versionId, version, { id, path: ['AutoPublishAlias'] });
  return versionId;
}

/** What tells a version apart beside its code. */
function runningParts(made: unknown): Tree {
  const { MemorySize, SnapStart } = asTree(made);
  const isSnapped = (member(SnapStart, 'ApplyOn') ?? 'None') !== 'None';
  return {
    ...asTree(member(made, 'Environment')),
    ...(isTruthy(MemorySize) ? { MemorySize } : {}),
    ...(isSnapped ? { SnapStart } : {}),
  };
}

/** All properties as they are before the role is made, and the layers that ask for a new version of the function. */
function allParts(properties: Tree, made: unknown, context: SamContext): Tree {
  const layers = listOf(properties['Layers']).flatMap((layer): [string, unknown][] => {
    const id = namedResource(layer);
    const written = id === undefined ? undefined : context.resources.get(id)?.['Properties'];
    const publishes = isTruthy(member(written, 'PublishLambdaVersion'));
    return id !== undefined && publishes ? [[id, written]] : [];
  });
  const { Role, ...rest } = asTree(made);
  return { ...rest, ...(isTruthy(properties['Role']) ? { Role } : {}), ...Object.fromEntries(layers) };
}

function asTree(value: unknown): Tree {
  return isRawObject(value) ? value : {};
}

/** Versions on capacity providers would keep instances running. */
function defaultDeletion({ CapacityProviderConfig }: Tree): string {
  return isTruthy(CapacityProviderConfig) ? 'Delete' : 'Retain';
}

/** The id changes with the code, or with everything, so that a new version is published then. */
function versionLogicalId({ id, properties }: SamResource, context: SamContext): string {
  const written = properties['AutoPublishCodeSha256'];
  const hash = refName(written) === undefined ? written : context.resolved(written);
  // No value yet: the id is one of many, and what it runs is the same.
  if (context.isOpenParameter(hash)) return `${id}Version${shortHash(hash)}`;
  if (isGiven(hash) && typeof hash !== 'string') {
    throw new SamProblem(
      '`AutoPublishCodeSha256` must be a string or a `Ref` to a parameter with a default',
      ['AutoPublishCodeSha256'],
    );
  }
  if (typeof hash === 'string') return `${id}Version${hash.slice(0, 10)}`;
  const made = member(context.output.get(id), 'Properties');
  if (isTruthy(properties['AutoPublishAliasAllProperties'])) {
    return hashedId(`${id}Version`, allParts(properties, made, context));
  }
  const code = asTree(context.resolvedDeep(member(made, 'Code')));
  return hashedId(`${id}Version`, { ...code, ...runningParts(made) });
}
