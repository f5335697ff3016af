import { describe, expect, it } from '@jest/globals';
import { SecretTexts } from '../../../src/model/secret-texts.ts';
import { describeShown } from '../../../src/model/shown-value.ts';
import { PartialString, Unresolved } from '../../../src/model/value.ts';

function marked(...values: (string | number | string[])[]): SecretTexts {
  const secrets = new SecretTexts();
  for (const value of values) secrets.add(value);
  return secrets;
}

describe('texts that are marked as secret', () => {
  it.each([
    [
      'wherever a long one stands',
      ['kq8Zr2vP0x'],
      'postgres://app:kq8Zr2vP0x@db',
      'postgres://app:(secret)@db',
    ],
    ['the longest first', ['kq8Zr2', 'kq8Zr2vP0x'], 'a kq8Zr2vP0x b', 'a (secret) b'],
    ['a short one as a word of its own', ['abc'], 'abc: abcd xabc-abc', '(secret): abcd xabc-(secret)'],
    ['a number', [48151623], 'pin 48151623', 'pin (secret)'],
    ['members of a list', [['first-1', 'second-2']], 'first-1,second-2', '(secret),(secret)'],
    ['as it stands in JSON', ['a"quoted"b'], '{"x":"a\\"quoted\\"b"}', '{"x":"(secret)"}'],
    ['blanks around it or not', [' padded-1 '], 'x=padded-1', 'x=(secret)'],
  ] as const)('are withheld: %s', (_what, values, text, shown) => {
    expect(marked(...(values as unknown as string[])).withhold(text)).toBe(shown);
  });

  it('are no blank texts', () => {
    expect(marked('', '  ').isEmpty).toBe(true);
  });

  it('pass their mark on to what is made of them, and not to what stands beside them', () => {
    const secrets = marked('user:hunter2hunter2');
    secrets.derive('https://user:hunter2hunter2@example.com', [
      'https://',
      'user:hunter2hunter2',
      'example.com',
    ]);
    secrets.derive('user:hunter2hunter2', ['user', 'hunter2hunter2']);
    secrets.derive('public', 'cHVibGlj');
    expect(secrets.withhold('hunter2hunter2 at example.com cHVibGlj')).toBe(
      '(secret) at example.com cHVibGlj',
    );
  });
});

describe('a value that is shown', () => {
  const secrets = marked('kq8Zr2vP0x');
  it.each([
    ['AWS::SSM::Parameter', ['Value'], 'abc', 'set, 3 characters'],
    ['AWS::RDS::DBInstance', ['MasterUserPassword'], 'x', 'set, 1 character'],
    ['AWS::Lambda::Function', ['Environment', 'Variables', 'TABLE'], 'orders', 'set, 6 characters'],
    ['AWS::Lambda::Function', ['Environment'], { Variables: { A: '' } }, '{Variables: {A: (empty)}}'],
    [
      'AWS::Lambda::Function',
      ['Environment', 'Variables', 'URL'],
      'https://user:pw@api.example.com/v1?token=abc',
      'https://api.example.com (set, 44 characters)',
    ],
    ['AWS::Lambda::Function', ['Runtime'], 'nodejs22.x', 'nodejs22.x'],
    ['AWS::Lambda::Function', ['Description'], 'has kq8Zr2vP0x', 'has (secret)'],
    [
      'AWS::ApiGateway::Method',
      ['Integration', 'Credentials'],
      'arn:aws:iam::1:role/r',
      'arn:aws:iam::1:role/r',
    ],
    ['AWS::Events::Rule', ['Targets', 0, 'Input'], '{"a":1}', 'set, 7 characters'],
    ['AWS::ElastiCache::ReplicationGroup', ['AuthToken'], 'abcd', 'set, 4 characters'],
  ] as const)('%s %j', (type, path, value, shown) => {
    expect(describeShown(value, { type, path, secrets })).toBe(shown);
  });

  it('keeps what is unknown in a secret text, and of its literals nothing but the scheme', () => {
    const hole = new Unresolved({ code: 'parameter', message: 'parameter `Pw` has no default', about: 'Pw' });
    const value = new PartialString(['postgres://app:', hole, '@db.internal/x']);
    const place = { type: 'AWS::Lambda::Function', path: ['Environment', 'Variables', 'DB'] };
    expect(describeShown(value, place)).toBe('postgres://…${Pw}…');
  });

  it('is cut after it was cleaned', () => {
    expect(
      describeShown(`${'x'.repeat(20)}kq8Zr2vP0x`, { type: 'T', path: ['A'], secrets }, 26),
    ).not.toContain('kq8');
  });
});
