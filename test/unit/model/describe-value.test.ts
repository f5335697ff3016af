import { describe, expect, it } from '@jest/globals';
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
