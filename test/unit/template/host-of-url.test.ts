import { describe, expect, it } from '@jest/globals';
import { PartialString, Reference } from '../../../src/model/value.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';

function hostOf(url: unknown) {
  return valueOf({ 'Fn::Select': [2, { 'Fn::Split': ['/', url] }] });
}

function valueOf(Host: unknown) {
  const template = {
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi' },
      Url: { Type: 'AWS::Lambda::Url' },
      Edge: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: { Host },
      },
    },
  };
  const { resources } = readTemplateObject(template, 'host.json');
  return resources.find(({ name }) => name === 'Edge')?.properties['Host'];
}

describe('the host of a URL, as CDK cuts it out', () => {
  it('is known around its unknown parts', () => {
    const url = {
      'Fn::Join': ['', ['https://', { Ref: 'Api' }, '.execute-api.eu-west-1.amazonaws.com/prod/']],
    };
    const host = hostOf(url);
    expect(host).toBeInstanceOf(PartialString);
    expect((host as PartialString).parts).toEqual([
      expect.any(Reference),
      '.execute-api.eu-west-1.amazonaws.com',
    ]);
  });

  it('is known when it is cut out in two steps', () => {
    const url = {
      'Fn::Join': ['', ['https://', { Ref: 'Api' }, '.execute-api.eu-west-1.amazonaws.com/prod/']],
    };
    const behind = { 'Fn::Select': [1, { 'Fn::Split': ['://', url] }] };
    expect(valueOf({ 'Fn::Select': [0, { 'Fn::Split': ['/', behind] }] })).toEqual(hostOf(url));
  });

  it('stands for the resource whose URL it is cut from', () => {
    expect(hostOf({ 'Fn::GetAtt': ['Url', 'FunctionUrl'] })).toMatchObject({
      kind: 'reference',
      attribute: 'FunctionUrl',
    });
  });

  it('is not guessed of a text that is no URL', () => {
    expect(hostOf({ 'Fn::Join': ['', ['a/', { Ref: 'Api' }, '/b']] })).toMatchObject({ kind: 'unresolved' });
  });
});
