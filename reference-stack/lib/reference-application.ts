import { type App, CfnParameter, type Environment, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ApiFlow, type ApiDomain } from './api-flow.ts';
import { BatchFlow } from './batch-flow.ts';
import { CodeSigning } from './code-signing.ts';
import { EventsFlow } from './events-flow.ts';
import { ExternalApi } from './external-api.ts';
import { Foundation } from './foundation.ts';
import type { NetworkFoundationProps } from './network-foundation.ts';
import { addOutputs } from './outputs.ts';
import type { Posture } from './posture.ts';

/** Settings of the whole reference application; every one has a default that synthesizes without an account. */
export interface ReferenceApplicationProps {
  /** Beginning of every stack's name. @default 'Headgate' */
  readonly prefix?: string;
  /** @default the account and Region of the deployment */
  readonly env?: Environment;
  /** @default 'production' */
  readonly posture?: Posture;
  /** @default 'orders.example.com' */
  readonly domainName?: string;
  /** Existing ACM certificate. @default one is requested, and the API stack asks for `HostedZoneId` */
  readonly certificateArn?: string;
  /** @default 'https://pricing.example.com' */
  readonly externalApiUrl?: string;
  /** Addresses of the external API, as far as they are known. @default ['0.0.0.0/0'], port 443 */
  readonly externalCidrs?: readonly string[];
  /** Zones and prefix lists of the Region, which `deploy.mjs` looks up. @default see {@link NetworkFoundation} */
  readonly network?: Pick<NetworkFoundationProps, 'zones' | 'prefixLists'>;
  /** @default the foundation stack asks for `AlarmEmail` */
  readonly alarmEmail?: string;
  /** @default true */
  readonly securityHub?: boolean;
}

/** The five stacks of the reference application. */
export interface ReferenceApplication {
  readonly foundation: Foundation;
  readonly events: EventsFlow;
  readonly batch: BatchFlow;
  readonly api: ApiFlow;
  readonly stacks: readonly Stack[];
}

/**
 * Composes the reference architecture: the API accepts an order, prices it with the external API, hands it to the
 * batch flow's queue and tells the bus; the events flow starts its fulfilment, takes uploaded orders, and releases
 * due ones to a topic that the batch flow's queue is subscribed to; captured payments come to it from the bus.
 */
export function referenceApplication(app: App, props: ReferenceApplicationProps = {}): ReferenceApplication {
  const prefix = props.prefix ?? 'Headgate';
  const stack = (name: string, description: string) =>
    new Stack(app, `${prefix}${name}`, { description, ...(props.env && { env: props.env }) });

  const signingStack = stack('Signing', 'Signing profile and code signing configuration');
  const codeSigning = new CodeSigning(signingStack, 'CodeSigning');

  const foundationStack = stack('Foundation', 'Network, alarms, Security Hub, external API key');
  const foundation = new Foundation(foundationStack, 'Foundation', {
    codeSigning,
    posture: props.posture ?? 'production',
    network: { ...props.network, externalCidrs: props.externalCidrs ?? ['0.0.0.0/0'] },
    ...(props.alarmEmail !== undefined && { alarmEmail: props.alarmEmail }),
    ...(props.securityHub !== undefined && { securityHub: props.securityHub }),
  });
  const externalApi = new ExternalApi(foundationStack, 'ExternalApi', {
    foundation,
    url: props.externalApiUrl ?? 'https://pricing.example.com',
  });

  const eventsStack = stack('Events', 'EventBridge and Lambda: uploads, schedule, application events');
  const events = new EventsFlow(eventsStack, 'Events', { foundation });

  const batchStack = stack('Batch', 'SQS and Lambda: batch processing of orders');
  const batch = new BatchFlow(batchStack, 'Batch', {
    foundation,
    externalApi,
    topics: [events.topic],
    paymentEvents: { bus: events.bus, source: 'headgate.payments' },
  });

  const apiStack = stack('Api', 'WAF, API Gateway and Lambda: the orders API');
  const api = new ApiFlow(apiStack, 'Api', {
    foundation,
    externalApi,
    domain: apiDomain(apiStack, props),
    orderQueue: batch.queue,
    eventBus: events.bus,
  });
  addOutputs(foundationStack, {
    ExternalApiKeySecret: [externalApi.secret.secretArn, 'Secret for the key of the external API'],
  });
  addOutputs(eventsStack, {
    UploadBucket: [events.uploads.bucketName, 'Bucket for files of orders, one order in each line'],
  });
  addOutputs(apiStack, api.outputs());
  const stacks = [signingStack, foundationStack, eventsStack, batchStack, apiStack];
  return { foundation, events, batch, api, stacks };
}

function apiDomain(stack: Stack, props: ReferenceApplicationProps): ApiDomain {
  const name = props.domainName ?? 'orders.example.com';
  if (props.certificateArn !== undefined) {
    return {
      name,
      certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', props.certificateArn),
    };
  }
  const zoneId = new CfnParameter(stack, 'HostedZoneId', {
    description: `Route 53 hosted zone that contains ${name}`,
    allowedPattern: 'Z[A-Z0-9]{1,31}',
  });
  const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: zoneId.valueAsString,
    zoneName: name.slice(name.indexOf('.') + 1),
  });
  const certificate = new acm.Certificate(stack, 'Certificate', {
    domainName: name,
    validation: acm.CertificateValidation.fromDns(hostedZone),
  });
  return { name, certificate, hostedZone };
}
