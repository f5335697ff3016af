import { describe, expect, it } from '@jest/globals';
import { describeShown } from '../../../src/model/shown-value.ts';
import {
  PartialString,
  Reference,
  SecretReference,
  Unresolved,
  describeValue,
} from '../../../src/model/value.ts';

describe('the text of a value', () => {
  it('shows what is not known of a text as Fn::Sub would write it', () => {
    const region = new Unresolved({
      code: 'pseudo-parameter',
      message: '`AWS::Region` is known only to the deployment',
      about: 'AWS::Region',
    });
    const text = new PartialString([
      'arn:aws:sqs:',
      region,
      ':',
      new Reference('main/Queue', 'QueueName'),
      '/',
      new Reference('main/Queue'),
      new SecretReference('ssm', '{{resolve:ssm:a}}'),
      new Unresolved({ code: 'attribute', message: 'known later' }),
    ]);
    expect(describeValue(text)).toBe(
      'arn:aws:sqs:${AWS::Region}:${Queue.QueueName}/${Queue}{{resolve:ssm:a}}${?}',
    );
  });

  it('is cut at the limit', () => {
    expect(describeValue('abcdef', 4)).toBe('abc…');
  });
});

describe('what is shown of an address', () => {
  const shown = (value: Parameters<typeof describeShown>[0]): string =>
    describeShown(value, { type: 'AWS::ApiGateway::Method', path: ['Integration', 'Uri'] });

  it('is the names of its query, never the values', () => {
    expect(shown('https://a.example.com/x?key=short&limit=5#end')).toBe(
      'https://a.example.com/x?key=…&limit=…#end',
    );
    expect(
      shown(
        new PartialString([
          'https://a.example.com/?k=v&s=',
          new Unresolved({ code: 'parameter', message: 'm', about: 'P' }),
        ]),
      ),
    ).toBe('https://a.example.com/?k=…&s=…');
    expect(shown({ Uri: 'wss://a.example.com?token=abc' })).not.toContain('abc');
  });

  it('is everything where it has no query', () => {
    expect(shown('https://a.example.com/orders')).toBe('https://a.example.com/orders');
    expect(shown('rate(1 hour)? a=b')).toBe('rate(1 hour)? a=b');
  });
});
