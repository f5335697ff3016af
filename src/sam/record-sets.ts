import { inheritedAttributes, type SamContext, type SamResource } from './context.ts';
import { hashedId } from './logical-id.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, isTruthy, listOf, pick, present, type Tree } from './tree.ts';

/** What a domain's DNS records point at. */
export interface DnsTarget {
  readonly name: unknown;
  readonly zone: unknown;
  readonly address: unknown;
}

/** Adds a domain's records to the group of its hosted zone, or to a group of its own. */
export function addRecordSets(api: SamResource, route: Tree, target: DnsTarget, context: SamContext): void {
  const { HostedZoneId, HostedZoneName, SeparateRecordSetGroup } = route;
  const zone = isTruthy(HostedZoneId) ? HostedZoneId : HostedZoneName;
  if (!isTruthy(zone)) {
    throw new SamProblem('`HostedZoneId` or `HostedZoneName` is required in `Domain.Route53`', [
      'Domain',
      'Route53',
    ]);
  }
  if (isGiven(SeparateRecordSetGroup) && typeof SeparateRecordSetGroup !== 'boolean') {
    throw new SamProblem('property `Domain.Route53.SeparateRecordSetGroup` should be true or false', [
      'Domain',
      'Route53',
      'SeparateRecordSetGroup',
    ]);
  }
  const isSeparate = SeparateRecordSetGroup === true;
  const id = hashedId('RecordSetGroup', isSeparate ? [zone, target.name] : zone);
  // Each WebSocket API makes the group anew: the records of the last one are what is deployed.
  const known = api.type === 'AWS::Serverless::WebSocketApi' ? undefined : context.output.get(id);
  const cause = { id: api.id, path: ['Domain', 'Route53'] };
  const group = known ?? {
    Type: 'AWS::Route53::RecordSetGroup',
    ...inheritedAttributes(api),
    Properties: present({
      HostedZoneId: isTruthy(HostedZoneId) ? HostedZoneId : undefined,
      HostedZoneName: isTruthy(HostedZoneId) ? undefined : HostedZoneName,
    }),
  };
  const properties = group['Properties'] as Tree; // made above
  const records = [...listOf(properties['RecordSets']), ...recordsOf(route, target)];
  context.emit(id, { ...group, Properties: { ...properties, RecordSets: records } }, cause);
}

function recordsOf(route: Tree, target: DnsTarget): Tree[] {
  const types = isTruthy(route['IpV6']) && !isIntrinsic(route['IpV6']) ? ['A', 'AAAA'] : ['A'];
  return types.map((Type) =>
    present({
      Name: target.name,
      Type,
      AliasTarget: present({
        EvaluateTargetHealth: route['EvaluateTargetHealth'],
        HostedZoneId: target.zone,
        DNSName: target.address,
      }),
      ...pick(route, ['Region', 'SetIdentifier']),
    }),
  );
}
