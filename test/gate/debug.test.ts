import { describe, expect, it } from '@jest/globals';
import { folderWith, headgate } from './command.ts';

const secret = 'Zq81xLm-not-a-real-one';

/** A function with a secret in each place where one may be, and texts that are built of it. */
const template = `Parameters:
  Password: {Type: String, NoEcho: true, Default: ${secret}}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs8.10
      Handler: a.b
      Code: {ZipFile: 'const key = "${secret}"'}
      Environment:
        Variables:
          DB_PASSWORD: ${secret}
          URL: !Sub 'https://app:\${Password}@db.example.com/?key=${secret}'
  C:
    Type: AWS::Events::Connection
    Properties:
      AuthorizationType: BASIC
      AuthParameters: {BasicAuthParameters: {Username: u, Password: ${secret}}}
`;

describe('--debug', () => {
  it.each([
    ['a scan', ['scan', 't.yaml', '--debug', '--verbose', '--parameters', 'p.json']],
    ['a template that is broken', ['scan', 'broken.yaml', '--debug', '--verbose']],
    ['a parameters file that is none', ['scan', 't.yaml', '--debug', '--parameters', 'broken.yaml']],
    ['a configuration that is none', ['scan', 't.yaml', '--debug', '--config', 'secret.txt']],
    ['waivers that are none', ['scan', 't.yaml', '--debug', '--config', 'names-secret.yaml']],
    ['a baseline that is none', ['scan', 't.yaml', '--debug', '--baseline', 'secret.txt']],
    ['a result that is none', ['report', 'secret.txt', '--debug']],
    ['a rule that is none', ['rules', 'test', '--rules', 'rules', '--debug']],
    ['a snapshot that is none', ['scan', 'account.ndjson', '--debug']],
    ['a difference', ['diff', 'secret.txt', 'secret.txt', '--debug']],
  ])('shows no secret of %s', async (_name, argv) => {
    const cwd = folderWith({
      't.yaml': template,
      'p.json': { Parameters: { Password: secret } },
      'broken.yaml': `${template}  F: [${secret}\n`,
      'secret.txt': `token: ${secret}\n`,
      'names-secret.yaml': 'waivers: secret.txt\n',
      'rules/team.own.rule.yaml': `id: ${secret}\ntitle: [${secret}\n`,
      'account.ndjson': `{"headgateSnapshot":1,"${secret}":"${secret}"}\n{"resource":{"id":"${secret}"}}\n`,
    });
    const { code, stdout, stderr } = await headgate(cwd, ...argv);
    expect(code).toBeGreaterThan(0);
    expect(stdout + stderr).not.toContain(secret);
    expect(stdout + stderr).not.toBe('');
  });
});
