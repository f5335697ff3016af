// An application of your own: each flow of the reference architecture, with your own handlers.
import { fileURLToPath } from 'node:url';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { JsonSchemaType } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ApiFlow, BatchFlow, CodeSigning, EventsFlow, Foundation } from 'headgate/reference-stack';

const source = (name: string): string => fileURLToPath(new URL(`./src/${name}.ts`, import.meta.url));

const app = new App();
const signing = new Stack(app, 'PaymentsSigning');
const stack = new Stack(app, 'Payments');
const foundation = new Foundation(stack, 'Foundation', {
  codeSigning: new CodeSigning(signing, 'CodeSigning'),
  alarmEmail: 'ops@example.com',
});
const batch = new BatchFlow(stack, 'Batch', { foundation, entry: source('settle-payments') });
const events = new EventsFlow(stack, 'Events', {
  foundation,
  entries: { 'record-order': source('record-order') },
});
const api = new ApiFlow(stack, 'Api', {
  foundation,
  domain: {
    name: 'payments.example.com',
    certificate: Certificate.fromCertificateArn(
      stack,
      'Certificate',
      'arn:aws:acm:eu-central-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef',
    ),
  },
  entry: source('take-payment'),
  orderQueue: batch.queue,
  eventBus: events.bus,
  routes: [
    {
      method: 'POST',
      path: '/payments',
      scope: 'write',
      body: {
        type: JsonSchemaType.OBJECT,
        required: ['amountCents'],
        properties: { amountCents: { type: JsonSchemaType.INTEGER, minimum: 1 } },
      },
      requiredHeaders: ['Idempotency-Key'],
    },
    { method: 'GET', path: '/payments/{paymentId}', scope: 'read' },
  ],
});

// What only the authors of the handlers know: none of them stores anything that would have to be encrypted by field.
for (const flow of [api, batch, events])
  Validations.of(flow).acknowledge({
    id: 'headgate::all.application.field-level',
    reason: 'Payments and orders contain IDs and amounts, and no personal data.',
  });
