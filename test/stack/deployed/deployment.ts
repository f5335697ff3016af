import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { referenceApplication, type ReferenceApplicationProps } from '../../../reference-stack/lib/index.ts';
import { newApp } from '../reference-app.ts';
import { startFaultProxy, type AwsCall, type FaultProxy } from './fault-proxy.ts';
import { account, python, startMinistack } from './ministack.mjs';

/** Resource types of the application that the emulator lacks; each is stubbed, and does nothing. */
export const stubbed = [
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::NatGateway',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::Lambda::CodeSigningConfig',
  'AWS::Logs::QueryDefinition',
  'AWS::SSM::Document',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecurityHub::Hub',
  'AWS::SecurityHub::Standard',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::XRay::ResourcePolicy',
];

interface Template {
  readonly Resources: Record<
    string,
    { readonly Type: string; readonly Properties?: { Environment?: { Variables: Record<string, unknown> } } }
  >;
  readonly Parameters?: Record<string, unknown>;
  readonly Outputs?: Record<string, unknown>;
}

/** The reference application in the emulator: its templates as they are synthesized, each function behind a proxy. */
export interface Deployment {
  readonly endpoint: string;
  /** Options of an SDK client. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Stacks in the order of their deployment. */
  readonly stacks: readonly string[];
  /** Folder with the synthesized templates. */
  readonly assembly: string;
  /** Physical id of the one resource of a type whose logical id begins so. */
  id(type: string, logicalId: string): string;
  /** What was deployed, with physical ids. */
  resources(): readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly id: string;
    readonly stack: string;
  }[];
  /** What each function has called so far, by its logical id. */
  calls(): ReadonlyMap<string, readonly AwsCall[]>;
  /** Proxy of the function whose logical id begins so. */
  proxy(logicalId: string): FaultProxy;
  output(stack: string, name: string): string;
  /** Deploys all stacks again. */
  update(props?: ReferenceApplicationProps): Promise<void>;
  /** Deletes all stacks, last first. */
  destroy(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Deploys the reference application by CloudFormation.
 *
 * @param externalApiUrl where the functions find the external API; the templates demand https, which nothing here speaks
 */
export async function deployApplication(
  externalApiUrl: string,
  props: ReferenceApplicationProps = {},
): Promise<Deployment> {
  const server = await startMinistack(stubbed);
  const client = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'testing' },
    forcePathStyle: true,
  };
  const cloudFormation = new CloudFormationClient(client);
  const s3 = new S3Client(client);
  const bucket = `cdk-hnb659fds-assets-${account}-us-east-1`;
  const proxies = new Map<string, FaultProxy>();
  const resources: { logicalId: string; type: string; id: string; stack: string }[] = [];
  const outputs = new Map<string, string>();

  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  // What `cdk bootstrap` leaves.
  await new SSMClient(client).send(
    new PutParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' }),
  );
  const parameters: Record<string, string> = {
    AlarmEmail: 'ops@example.com',
    HostedZoneId: await createZone(server.endpoint),
  };
  const first = synthesize(props);
  try {
    await publish(first.assembly);
    for (const stack of first.stacks) await apply(stack, first.assembly, 'create');
  } catch (error) {
    await stop();
    throw error;
  }

  function synthesize(of: ReferenceApplicationProps): { assembly: string; stacks: string[] } {
    const app = newApp(true);
    const { stacks } = referenceApplication(app, of);
    return { assembly: app.synth().directory, stacks: stacks.map(({ stackName }) => stackName) };
  }

  async function publish(assembly: string): Promise<void> {
    for (const name of readdirSync(assembly).filter((each) => each.startsWith('asset.'))) {
      const zip = join(assembly, `${name}.zip`);
      const files = readdirSync(join(assembly, name)).map((file) => join(assembly, name, file));
      if (spawnSync(python, ['-m', 'zipfile', '-c', zip, ...files]).status !== 0)
        throw new Error(`No ${zip}.`);
      const key = `${name.slice('asset.'.length)}.zip`;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: readFileSync(zip) }));
    }
  }

  async function prepare(stack: string, assembly: string): Promise<Template> {
    const template = JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8')) as Template;
    for (const [logicalId, { Type: type, Properties: properties }] of Object.entries(template.Resources)) {
      if (type !== 'AWS::Lambda::Function' || !properties) continue;
      const proxy = proxies.get(logicalId) ?? (await startFaultProxy(server.endpoint));
      proxies.set(logicalId, proxy);
      const variables = properties.Environment?.Variables ?? {};
      variables['AWS_ENDPOINT_URL'] = proxy.endpoint;
      variables['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
      // The SDK sends what is for a queue to the address of the queue, which is to be the proxy's too.
      if ('ORDER_QUEUE_URL' in variables) {
        const name = { 'Fn::Select': [4, { 'Fn::Split': ['/', variables['ORDER_QUEUE_URL']] }] };
        variables['ORDER_QUEUE_URL'] = { 'Fn::Join': ['/', [proxy.endpoint, account, name]] };
      }
      if ('EXTERNAL_API_URL' in variables) variables['EXTERNAL_API_URL'] = externalApiUrl;
      properties.Environment = { Variables: variables };
    }
    return template;
  }

  async function apply(stack: string, assembly: string, change: 'create' | 'update'): Promise<void> {
    const template = await prepare(stack, assembly);
    const key = `${stack}.template.json`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(template) }));
    const input = {
      StackName: stack,
      TemplateURL: `${server.endpoint}/${bucket}/${key}`,
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      Parameters: Object.keys(template.Parameters ?? {}).flatMap((name) => {
        const value = parameters[name];
        return value === undefined ? [] : [{ ParameterKey: name, ParameterValue: value }];
      }),
    };
    try {
      await (change === 'create'
        ? cloudFormation.send(new CreateStackCommand(input))
        : cloudFormation.send(new UpdateStackCommand(input)));
    } catch (error) {
      if (String(error).includes('No updates are to be performed')) return;
      throw error;
    }
    await settled(stack, `${change.toUpperCase()}_COMPLETE`);
    await readStack(stack);
  }

  async function settled(stack: string, wanted: string): Promise<void> {
    for (;;) {
      const { Stacks: [found] = [] } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: stack }),
      );
      const status = found?.StackStatus ?? 'GONE';
      if (status === wanted) return;
      if (!status.endsWith('_IN_PROGRESS'))
        throw new Error(
          `${stack} ended as ${status}: ${found?.StackStatusReason ?? ''}\n${server.said().slice(-1500)}`,
        );
      await sleep(250);
    }
  }

  async function readStack(stack: string): Promise<void> {
    const { StackResources: found = [] } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: stack }),
    );
    const others = resources.filter((each) => each.stack !== stack);
    resources.splice(0, resources.length, ...others);
    for (const {
      LogicalResourceId: logicalId = '',
      ResourceType: type = '',
      PhysicalResourceId: id = '',
    } of found)
      resources.push({ logicalId, type, id, stack });
    const { Stacks: [described] = [] } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: stack }),
    );
    for (const { OutputKey: name = '', OutputValue: value = '' } of described?.Outputs ?? [])
      outputs.set(`${stack}/${name}`, value);
  }

  async function stop(): Promise<void> {
    await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    await server.stop();
  }

  function one<T>(found: readonly T[], what: string): T {
    const [first, second] = found;
    if (first === undefined || second !== undefined) throw new Error(`${found.length} × ${what}, not one.`);
    return first;
  }

  return {
    endpoint: server.endpoint,
    client,
    stacks: first.stacks,
    assembly: first.assembly,
    id: (type, logicalId) =>
      one(
        resources.filter(
          (each) => each.type === type && new RegExp(`^${logicalId}[0-9A-F]{0,8}$`).test(each.logicalId),
        ),
        `${type} ${logicalId}`,
      ).id,
    resources: () => resources,
    calls: () => new Map([...proxies].map(([logicalId, { calls }]) => [logicalId, calls])),
    proxy: (logicalId) =>
      one(
        [...proxies].filter(([id]) => new RegExp(`^${logicalId}[0-9A-F]{8}$`).test(id)),
        `proxy of ${logicalId}`,
      )[1],
    output: (stack, name) => {
      const value = outputs.get(`${stack}/${name}`);
      if (value === undefined) throw new Error(`${stack} has no output ${name}.`);
      return value;
    },
    update: async (changed = props) => {
      const next = synthesize(changed);
      await publish(next.assembly);
      for (const stack of next.stacks) await apply(stack, next.assembly, 'update');
    },
    destroy: async () => {
      for (const stack of [...first.stacks].reverse()) {
        await cloudFormation.send(new DeleteStackCommand({ StackName: stack }));
        await settled(stack, 'DELETE_COMPLETE').catch((error: unknown) => {
          // A stack that is gone is not described by its name any more.
          if (!String(error).includes('does not exist') && !String(error).includes('GONE')) throw error;
        });
      }
    },
    stop,
  };
}

/** The zone that the API's name is in. By hand: one call is no client. @returns its id */
async function createZone(endpoint: string): Promise<string> {
  const response = await fetch(`${endpoint}/2013-04-01/hostedzone`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/20261128/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.com</Name><CallerReference>test</CallerReference></CreateHostedZoneRequest>',
  });
  const text = await response.text();
  const id = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(text)?.[1];
  if (id === undefined) throw new Error(`No hosted zone: ${text}`);
  return id;
}
