import { checkProperties } from './check-properties.ts';
import { contentLocation } from './content-location.ts';
import { ownAttributes, type SamContext, type SamResource } from './context.ts';
import { hashedId } from './logical-id.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { isGiven, isIntrinsic, omit, pick, present, type Tree } from './tree.ts';

/** AWS::Serverless::LayerVersion: the version, under an id that changes with its content. */
export function expandLayerVersion(resource: SamResource, context: SamContext): void {
  const { id, type, properties, raw } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  checkArchitectures(properties, context);
  const versionId = versionLogicalId(resource, context);
  context.renamed.set(id, versionId);
  const version = {
    Type: 'AWS::Lambda::LayerVersion',
    ...omit(ownAttributes(resource), ['Metadata']),
    DeletionPolicy: raw['DeletionPolicy'] ?? retention(properties['RetentionPolicy'], context),
    Properties: present({
      ...pick(properties, ['Description', 'CompatibleArchitectures', 'CompatibleRuntimes', 'LicenseInfo']),
      LayerName: context.resolvedDeep(properties['LayerName']) ?? id,
      Content: contentLocation(properties['ContentUri'], 'ContentUri', [
        'S3Bucket',
        'S3Key',
        'S3ObjectVersion',
      ]),
    }),
  };
  context.emit(versionId, version, { id, direct: true });
}

/** Properties in which the names of parameters do not tell versions apart, but their values do. */
const texts = ['LayerName', 'Description', 'LicenseInfo'];

/** All that the author wrote goes into the hash, because versions cannot be changed. */
function versionLogicalId({ id, type, raw, properties }: SamResource, context: SamContext): string {
  const resolved = Object.entries(properties).map(
    ([name, value]) => [name, texts.includes(name) ? context.resolvedDeep(value) : value] as const,
  );
  const content = {
    Type: type,
    ...pick(raw, ['Condition', 'DependsOn']),
    Properties: Object.fromEntries(resolved),
  };
  return hashedId(id, { [id]: content });
}

function retention(written: unknown, context: SamContext): string {
  const policy = context.resolved(written);
  if (!isGiven(policy)) return 'Retain';
  const known = typeof policy === 'string' ? policy.toLowerCase() : undefined;
  if (known === 'retain') return 'Retain';
  if (known === 'delete') return 'Delete';
  throw new SamProblem('`RetentionPolicy` must be `Retain` or `Delete`', ['RetentionPolicy']);
}

function checkArchitectures({ CompatibleArchitectures }: Tree, context: SamContext): void {
  if (!Array.isArray(CompatibleArchitectures)) return;
  for (const written of CompatibleArchitectures as unknown[]) {
    const name = context.resolved(written);
    if (isIntrinsic(name) || name === 'arm64' || name === 'x86_64') continue;
    throw new SamProblem('`CompatibleArchitectures` needs to be a list of `x86_64` or `arm64`', [
      'CompatibleArchitectures',
    ]);
  }
}
