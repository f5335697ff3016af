import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askStack } from '../../src/account/stack-facts.ts';
import { installMoto, startMoto } from '../account/wire/moto-server.mjs';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const template = (size: number): string =>
  JSON.stringify({
    Parameters: { Stage: { Type: 'String' }, Password: { Type: 'String', NoEcho: true, Default: 'x' } },
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: size } } },
    Outputs: { Stage: { Value: { Ref: 'Stage' }, Export: { Name: 'orders-stage' } } },
  });

describeOnWire('what CloudFormation tells of a stack', () => {
  const region = 'eu-west-1';
  let server: Awaited<ReturnType<typeof startMoto>>;
  let client: CloudFormationClient;
  let stackId: string;
  beforeAll(async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'testing';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'testing';
    server = await startMoto();
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    client = new CloudFormationClient({ region, endpoint: server.endpoint, credentials });
    const Parameters = [{ ParameterKey: 'Stage', ParameterValue: 'prod' }];
    await client.send(
      new CreateStackCommand({ StackName: 'orders', TemplateBody: template(30), Parameters }),
    );
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'orders' }));
    stackId = Stacks?.[0]?.StackId ?? '';
  });
  afterAll(() => {
    client.destroy();
    server.stop();
  });
  const ask = async (question: object, endpoint = server.endpoint) =>
    askStack(
      { region, stackId, isNew: true, wantsExports: false, wantsDeployed: false, ...question },
      { endpoint },
    );

  it('gives parameters of a new stack, exports, and the template that is deployed', async () => {
    const facts = await ask({ wantsExports: true, wantsDeployed: true });
    expect(facts.parameters).toMatchObject({ Stage: 'prod' });
    expect(facts.parameters).not.toHaveProperty('Password', '****');
    expect(facts.exports).toEqual({ 'orders-stage': 'prod' });
    expect(JSON.parse(facts.deployed ?? '')).toEqual(JSON.parse(template(30)));
    expect(facts.missing).toEqual([]);
    expect(await ask({ isNew: false })).toEqual({ parameters: {}, exports: {}, missing: [] });
  });

  it('gives parameters of a change set', async () => {
    const { Id: changeSetId = '' } = await client.send(
      new CreateChangeSetCommand({
        StackName: 'orders',
        ChangeSetName: 'more',
        TemplateBody: template(60),
        Parameters: [{ ParameterKey: 'Stage', ParameterValue: 'test' }],
      }),
    );
    expect((await ask({ changeSetId })).parameters).toMatchObject({ Stage: 'test' });
  });

  it('leaves unknown what is not answered, and says so', async () => {
    const unknown = await ask({ stackId: `${stackId}x`, wantsDeployed: true });
    expect(unknown).toMatchObject({ parameters: {}, exports: {} });
    expect(unknown.missing.map((said) => said.split(': ')[0]).sort()).toEqual([
      'parameters',
      'the deployed template',
    ]);
    const nobody = await ask({ wantsExports: true }, 'http://127.0.0.1:9');
    expect(nobody.missing.length).toBe(2);
  });
});
