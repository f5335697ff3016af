import { describe, expect, it } from '@jest/globals';
import { PartialString, Unresolved, type Value } from '../../../src/model/value.ts';
import { graphOf, namesOf, ref } from './reading.ts';

const region = new Unresolved({ code: 'pseudo-parameter', message: '`AWS::Region` is not given' });

function graphWithOrigin(DomainName: Value) {
  return graphOf({
    Api: { Type: 'AWS::ApiGatewayV2::Api' },
    Url: { Type: 'AWS::Lambda::Url' },
    Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'api.example.com' } },
    Mapping: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { ApiId: ref('Api'), DomainName: ref('Domain') },
    },
    Edge: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: { DistributionConfig: { Origins: [{ Id: 'api', DomainName }] } },
    },
  });
}

describe('what stands behind a distribution', () => {
  it.each([
    ['the API’s own host', new PartialString([ref('Api'), '.execute-api.', region]), ['Api']],
    ['its custom domain by name', 'api.example.com', ['Api']],
    ['its custom domain’s regional name', ref('Domain', 'RegionalDomainName'), ['Api']],
    ['a function URL', ref('Url', 'FunctionUrl'), ['Url']],
    ['a host that no resource is called by', 'www.example.com', []],
  ])('finds it by %s', (_name, origin, expected) => {
    const graph = graphWithOrigin(origin);
    expect(namesOf(graph, 'Edge', 'fronts')).toEqual(expected);
    for (const name of expected) expect(namesOf(graph, name, 'frontedBy')).toEqual(['Edge']);
  });

  it('does not know what an unresolved host means', () => {
    const cause = { code: 'parameter' as const, message: 'parameter `Host` has no default' };
    expect(namesOf(graphWithOrigin(new Unresolved(cause)), 'Edge', 'originDomains')).toContain('?parameter');
  });
});
