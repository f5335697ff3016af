import { member } from '../text/raw.ts';
import { asMap } from './check-properties.ts';
import { inheritedAttributes, type SamContext, type SamResource } from './context.ts';
import { alphanumeric, hashedId } from './logical-id.ts';
import { SamProblem } from './problem.ts';
import { addRecordSets, type DnsTarget } from './record-sets.ts';
import { getAtt, isGiven, isTruthy, listOf, pick, present, ref, type Tree } from './tree.ts';

/** Hosted zone of all CloudFront distributions (AWS general reference, "API Gateway endpoints"). */
const cloudFrontZone = 'Z2FDTNDATAQYW2';

/** What the kinds of API call the parts of a domain. */
export interface DomainKind {
  readonly endpoints: readonly string[];
  readonly domain: (
    domain: Tree,
    endpoint: string,
    tags: unknown,
  ) => { id: string; type: string; properties: Tree };
  readonly mapping: (parts: { domainId: string; stage: string; key: unknown; isPrivate: boolean }) => {
    suffix: string;
    type: string;
    properties: Tree;
  };
  readonly tags: unknown;
  /** True where a base path keeps its slashes. */
  readonly keepsSlashes: boolean;
}

/** `Domain` of a REST API. */
export function expandApiDomain(api: SamResource, stage: string, context: SamContext): string[] {
  return expandDomain(api, stage, restDomain, context);
}

const restDomain: DomainKind = {
  endpoints: ['EDGE', 'REGIONAL', 'PRIVATE'],
  keepsSlashes: true,
  tags: undefined,
  domain: (domain, endpoint) => {
    const name = domain['DomainName'];
    const isPrivate = endpoint === 'PRIVATE';
    const certificate = endpoint === 'REGIONAL' ? 'RegionalCertificateArn' : 'CertificateArn';
    return {
      id: hashedId(`ApiGatewayDomainName${isPrivate ? 'V2' : ''}`, name),
      type: `AWS::ApiGateway::DomainName${isPrivate ? 'V2' : ''}`,
      properties: {
        DomainName: name,
        [certificate]: domain['CertificateArn'],
        EndpointConfiguration: present({ Types: [endpoint], IpAddressType: domain['IpAddressType'] }),
        ...pick(domain, ['SecurityPolicy', 'OwnershipVerificationCertificateArn', 'EndpointAccessMode']),
        MutualTlsAuthentication: mutualTls(domain['MutualTlsAuthentication']),
        ...(isPrivate ? pick(domain, ['Policy']) : {}),
      },
    };
  },
  mapping: ({ domainId, key, isPrivate }) => ({
    suffix: 'BasePathMapping',
    type: `AWS::ApiGateway::BasePathMapping${isPrivate ? 'V2' : ''}`,
    properties: { BasePath: key, [isPrivate ? 'DomainNameArn' : 'DomainName']: ref(domainId) },
  }),
};

/** `MutualTlsAuthentication` of a domain of any kind of API; none where nothing is written. */
export function mutualTls(written: unknown): Tree | undefined {
  if (!isTruthy(written)) return undefined;
  const settings = asMap(written, 'Domain.MutualTlsAuthentication');
  const wrong = Object.keys(settings).find((key) => key !== 'TruststoreUri' && key !== 'TruststoreVersion');
  if (wrong === undefined)
    return Object.fromEntries(Object.entries(settings).filter(([, value]) => isTruthy(value)));
  throw new SamProblem(
    `\`${wrong}\` is not a field of \`MutualTlsAuthentication\`; it takes TruststoreUri and TruststoreVersion`,
    ['Domain', 'MutualTlsAuthentication', wrong],
  );
}

/** The domain, its mappings, its DNS records and, for a private one, who may reach it. Returns the ids. */
export function expandDomain(
  api: SamResource,
  stage: string,
  kind: DomainKind,
  context: SamContext,
): string[] {
  const written = api.properties['Domain'];
  if (!isTruthy(written)) return [];
  const domain = asMap(context.resolvedDeep(written), 'Domain');
  const endpoint = checkDomain(domain, kind, context);
  const made = kind.domain(domain, endpoint, kind.tags);
  const cause = { id: api.id, path: ['Domain'] };
  const attributes = inheritedAttributes(api);
  context.emit(made.id, { Type: made.type, ...attributes, Properties: present(made.properties) }, cause);
  context.parts.set(`${api.id}.DomainName`, made.id);
  emitMappings({ api, stage, kind, domain, domainId: made.id, isPrivate: endpoint === 'PRIVATE' }, context);
  if (isGiven(domain['Route53'])) {
    addRecordSets(
      api,
      asMap(domain['Route53'], 'Domain.Route53'),
      dnsTarget(domain, made.id, endpoint),
      context,
    );
  }
  if (endpoint === 'PRIVATE') emitAssociation(api, domain, made.id, context);
  return [made.id];
}

function checkDomain(domain: Tree, kind: DomainKind, context: SamContext): string {
  for (const name of ['DomainName', 'CertificateArn']) {
    if (!isGiven(domain[name])) throw new SamProblem(`property \`Domain.${name}\` is required`, ['Domain']);
  }
  const written = domain['EndpointConfiguration'] ?? 'REGIONAL';
  const given = context.resolved(written);
  if (typeof given !== 'string' || !kind.endpoints.includes(given)) {
    throw new SamProblem(
      `\`EndpointConfiguration\` of a custom domain must be one of ${kind.endpoints.join(', ')}`,
      ['Domain', 'EndpointConfiguration'],
    );
  }
  return given;
}

interface Mapped {
  readonly api: SamResource;
  readonly stage: string;
  readonly kind: DomainKind;
  readonly domain: Tree;
  readonly domainId: string;
  readonly isPrivate: boolean;
}

function emitMappings(parts: Mapped, context: SamContext): void {
  const { domain, kind } = parts;
  const paths = domain['BasePath'];
  if (!isTruthy(paths)) {
    emitMapping(parts, '', undefined, context);
    return;
  }
  const isNormal = domain['NormalizeBasePath'] !== false;
  for (const path of listOf(paths)) {
    if (typeof path !== 'string') {
      throw new SamProblem('the base paths in `Domain.BasePath` should be strings', ['Domain', 'BasePath']);
    }
    if (!kind.keepsSlashes && /[^0-9a-zA-Z/_-]/.test(path)) {
      throw new SamProblem(
        `\`${path}\` is not a valid base path; it takes letters, digits, \`-\`, \`_\` and \`/\``,
        ['Domain', 'BasePath'],
      );
    }
    const key = isNormal ? alphanumeric(path) : path;
    emitMapping(parts, alphanumeric(path), keyOf(parts, key, path), context);
  }
}

/** HTTP APIs take keys without slashes, REST APIs as they are. */
function keyOf({ kind }: Mapped, key: string, path: string): unknown {
  if (kind.keepsSlashes) return key;
  return path.replace(/^\/+|\/+$/g, '');
}

function emitMapping(parts: Mapped, suffix: string, key: unknown, context: SamContext): void {
  const { api, stage, kind, domainId, isPrivate } = parts;
  const mapping = kind.mapping({ domainId, stage, key, isPrivate });
  const idKey = kind.keepsSlashes ? 'RestApiId' : 'ApiId';
  const properties = present({ ...mapping.properties, [idKey]: ref(api.id), Stage: ref(stage) });
  const resource = { Type: mapping.type, ...inheritedAttributes(api), Properties: properties };
  context.emit(`${api.id}${suffix}${mapping.suffix}`, resource, { id: api.id, path: ['Domain'] });
}

function dnsTarget(domain: Tree, domainId: string, endpoint: string): DnsTarget {
  const route = domain['Route53'];
  const name = domain['DomainName'];
  if (endpoint === 'EDGE') {
    const own = getAtt(domainId, 'DistributionDomainName');
    return { name, zone: cloudFrontZone, address: member(route, 'DistributionDomainName') ?? own };
  }
  if (endpoint === 'PRIVATE') {
    return {
      name,
      zone: member(route, 'VpcEndpointHostedZoneId'),
      address: member(route, 'VpcEndpointDomainName'),
    };
  }
  return {
    name,
    zone: getAtt(domainId, 'RegionalHostedZoneId'),
    address: getAtt(domainId, 'RegionalDomainName'),
  };
}

function emitAssociation(api: SamResource, domain: Tree, domainId: string, context: SamContext): void {
  const written = domain['AccessAssociation'];
  if (!isTruthy(written)) return;
  const association = asMap(written, 'Domain.AccessAssociation');
  const source = association['VpcEndpointId'];
  if (!isGiven(source)) {
    throw new SamProblem('property `Domain.AccessAssociation.VpcEndpointId` is required', [
      'Domain',
      'AccessAssociation',
    ]);
  }
  const properties = {
    AccessAssociationSource: source,
    AccessAssociationSourceType: 'VPCE',
    DomainNameArn: ref(domainId),
  };
  const resource = {
    Type: 'AWS::ApiGateway::DomainNameAccessAssociation',
    ...inheritedAttributes(api),
    Properties: properties,
  };
  const id = hashedId('DomainNameAccessAssociation', [source, domainId]);
  context.emit(id, resource, { id: api.id, path: ['Domain', 'AccessAssociation'] });
}
