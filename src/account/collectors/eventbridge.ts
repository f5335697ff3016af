import type { ApiDestination, EventBridge, EventBus, Rule } from '@aws-sdk/client-eventbridge';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Found } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const busType = 'AWS::Events::EventBus';
const ruleType = 'AWS::Events::Rule';

/** Buses, rules with their targets, archives, API destinations. */
export const eventbridge = defineCollector<EventBridge>({
  service: 'eventbridge',
  prefix: 'events',
  open: async (config) => new (await import('@aws-sdk/client-eventbridge')).EventBridge(config),
  operations: [
    {
      operation: 'ListEventBuses',
      finds: [busType],
      standsFor: ['AWS::Events::EventBusPolicy'],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listEventBuses({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { EventBuses = [] } of listed) yield { found: EventBuses.map(busFound) };
      },
    },
    {
      operation: 'DescribeEventBus',
      each: busType,
      links: true,
      fills: ['DeadLetterConfig', 'KmsKeyIdentifier', 'LogConfig'],
      async *read(api, { name }) {
        const { DeadLetterConfig, KmsKeyIdentifier, LogConfig } = await api.describeEventBus({ Name: name });
        yield { properties: { DeadLetterConfig, KmsKeyIdentifier, LogConfig } };
      },
    },
    {
      operation: 'ListRules',
      each: busType,
      links: true,
      finds: [ruleType],
      async *read(api, { name: EventBusName }) {
        const listed = pages(
          (NextToken) => api.listRules({ EventBusName, NextToken }),
          (page) => page.NextToken,
        );
        for await (const { Rules = [] } of listed) yield { found: Rules.filter(isOwn).map(ruleFound) };
      },
    },
    {
      operation: 'ListTargetsByRule',
      each: ruleType,
      links: true,
      fills: ['Targets'],
      async *read(api, { keys = {} }) {
        const listed = pages(
          (NextToken) => api.listTargetsByRule({ Rule: keys.rule, EventBusName: keys.bus, NextToken }),
          (page) => page.NextToken,
        );
        const targets = [];
        for await (const { Targets = [] } of listed) targets.push(...Targets);
        yield { properties: { Targets: targets } };
      },
    },
    {
      operation: 'ListArchives',
      finds: ['AWS::Events::Archive'],
      async *list(api, { partition, region, account }) {
        const listed = pages(
          (NextToken) => api.listArchives({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { Archives = [] } of listed) {
          yield {
            found: Archives.map(({ ArchiveName = '', EventSourceArn, RetentionDays, State }) => ({
              type: 'AWS::Events::Archive',
              name: ArchiveName,
              arn: `arn:${partition}:events:${region}:${account}:archive/${ArchiveName}`,
              properties: { ArchiveName, SourceArn: EventSourceArn, RetentionDays, State },
            })),
          };
        }
      },
    },
    {
      operation: 'ListConnections',
      finds: ['AWS::Events::Connection'],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listConnections({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { Connections = [] } of listed) {
          yield {
            found: Connections.map(
              ({ Name = '', ConnectionArn = '', AuthorizationType, ConnectionState }) => ({
                type: 'AWS::Events::Connection',
                name: Name,
                arn: ConnectionArn,
                properties: { Name, Arn: ConnectionArn, AuthorizationType, ConnectionState },
              }),
            ),
          };
        }
      },
    },
    {
      operation: 'DescribeConnection',
      each: 'AWS::Events::Connection',
      fills: ['AuthParameters', 'KmsKeyIdentifier', 'SecretArn'],
      async *read(api, { name }) {
        const { AuthParameters, KmsKeyIdentifier, SecretArn } = await api.describeConnection({ Name: name });
        yield { properties: { AuthParameters, KmsKeyIdentifier, SecretArn } };
      },
    },
    {
      operation: 'ListApiDestinations',
      finds: ['AWS::Events::ApiDestination'],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listApiDestinations({ NextToken }),
          (page) => page.NextToken,
        );
        for await (const { ApiDestinations = [] } of listed) {
          yield {
            found: ApiDestinations.map((destination) => ({
              type: 'AWS::Events::ApiDestination',
              name: destination.Name ?? '',
              arn: destination.ApiDestinationArn ?? '',
              properties: {
                Name: destination.Name,
                Arn: destination.ApiDestinationArn,
                ConnectionArn: destination.ConnectionArn,
                HttpMethod: destination.HttpMethod,
                InvocationEndpoint: destination.InvocationEndpoint,
                InvocationRateLimitPerSecond: rateOf(destination),
              },
            })),
          };
        }
      },
    },
  ],
});

function busFound({ Name = '', Arn = '', Policy, Description }: EventBus): Found {
  return {
    type: busType,
    name: Name,
    arn: Arn,
    properties: { Name, Arn, Policy: parseDocument(Policy), Description },
  };
}

/** The service answers 300 a second where nobody set a rate, as it does where somebody set 300. */
function rateOf({ InvocationRateLimitPerSecond: rate }: ApiDestination): unknown {
  return rate === 300 ? new Unresolved(rateUnknown) : rate;
}

const rateUnknown = {
  code: 'evidence',
  message: 'EventBridge returns 300 per second both for that rate and for no rate',
  remedy: 'set another rate, or bring the evidence as a waiver with a reason',
} as const;

/** Rules that a service made for itself (an archive's among them) cannot be changed by the account. */
function isOwn({ ManagedBy }: Rule): boolean {
  return ManagedBy === undefined || ManagedBy === '';
}

function ruleFound(rule: Rule): Found {
  const { Name = '', Arn = '', EventBusName = 'default' } = rule;
  return {
    type: ruleType,
    name: Name,
    arn: Arn,
    keys: { rule: Name, bus: EventBusName },
    properties: {
      Name,
      Arn,
      EventBusName,
      Description: rule.Description,
      EventPattern: parseDocument(rule.EventPattern),
      RoleArn: rule.RoleArn,
      ScheduleExpression: rule.ScheduleExpression,
      State: rule.State,
    },
  };
}
