import type { Mutation } from '../apply-mutation.ts';
import { apiDestination, pricesMethod } from './outbound-bases.ts';

/** Calls to what stands outside of the application. */
export const outbound: readonly Mutation[] = [
  {
    rule: 'api.gateway.tls-termination.integration',
    on: 'PricesMethod',
    mistake: 'the back end is called without TLS',
    base: pricesMethod,
    edits: [{ id: 'PricesMethod', set: 'Integration.Uri', to: 'http://pricing.example.com/prices' }],
  },
  {
    rule: 'batch.downstream.api-timeouts.integration',
    on: 'PricesMethod',
    mistake: 'no time-out of its own',
    base: pricesMethod,
    edits: [{ id: 'PricesMethod', remove: 'Integration.TimeoutInMillis' }],
  },
  {
    rule: 'api.external.api-key',
    on: 'PartnerConnection',
    mistake: 'the key stands in the template',
    base: apiDestination,
    edits: [
      {
        id: 'PartnerConnection',
        set: 'AuthParameters.ApiKeyAuthParameters.ApiKeyValue',
        to: 'not-a-secret-any-more',
      },
    ],
  },
  {
    rule: 'api.external.tls',
    on: 'ApiOrderApiFunction',
    mistake: 'the external API is called without TLS',
    edits: [
      {
        id: 'ApiOrderApiFunction',
        set: 'Environment.Variables.EXTERNAL_API_URL',
        to: 'http://pricing.example.com',
      },
    ],
  },
  {
    rule: 'api.external.tls.destination',
    on: 'Partner',
    mistake: 'events are sent without TLS',
    base: apiDestination,
    edits: [{ id: 'Partner', set: 'InvocationEndpoint', to: 'http://partner.example.com/orders' }],
  },
  {
    rule: 'batch.downstream.api-timeouts',
    on: 'Partner',
    mistake: 'the rate is left to the service',
    base: apiDestination,
    edits: [{ id: 'Partner', remove: 'InvocationRateLimitPerSecond' }],
  },
];
