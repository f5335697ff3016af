import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateExample } from '../../src/app/rule-examples.ts';
import { relationNames } from '../../src/graph/relation-names.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { readShippedRules } from '../../src/rules/read-rules.ts';
import { parseYaml } from '../../src/rules/yaml-document.ts';
import { merged } from '../unit/app/apply-edit.ts';

const now = new Date('2026-11-28T12:00:00Z');
let ruleSet: RuleSet;

beforeAll(async () => {
  ruleSet = applySettings(await readShippedRules(join(process.cwd(), 'rules'), relationNames()), {});
});

/** Types of which SAM makes resources, so that their properties are written in its words. */
const madeBySam: ReadonlySet<string> = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::Url',
  'AWS::Lambda::Permission',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::SNS::Subscription',
  'AWS::StepFunctions::StateMachine',
]);

const beside = 'what is missing is a resource of its own, which SAM writes as CloudFormation does';
const code = 'the code of the function decides';
const role = 'the statement that allows too much is narrowed where it stands';

/** Rules on such resources without words of SAM. */
const without: Readonly<Record<string, string>> = {
  'all.alarm.throttles': beside,
  'all.alarm.throttles.stage': beside,
  'batch.alarm.error-rate': beside,
  'all.logs.insights': beside,
  'all.vpce.other-services': beside,
  'all.vpce.policy.table': beside,
  'api.vpce.dynamodb': beside,
  'api.vpce.s3': beside,
  'api.vpce.secrets-manager': beside,
  'api.waf.associated': beside,
  'api.waf.associated.http-api': beside,
  'api.waf.associated.function-url': beside,
  'api.external.tls.destination': 'subscriptions to addresses are no events of SAM',
  'all.lambda.permission.resource-policy': 'AWS::Lambda::ResourcePolicy is written as CloudFormation does',
  'all.lambda.tracing.role':
    'SAM adds the policy itself; a role that a function names is a resource of its own',
  'api.authorizer.present.deployed': 'a new deployment is needed, in an account',
  'api.gateway.tls-termination': 'a Domain of SAM does not deploy without CertificateArn',
  'api.gateway.tls-termination.integration': 'integrations other than functions stand in DefinitionBody',
  'batch.downstream.api-timeouts.integration': 'integrations other than functions stand in DefinitionBody',
  'events.rule.target': 'events of SAM always have their function for a target',
  'events.rule.target.schedule': 'SAM makes the role of a schedule itself',
  'events.stepfunctions.observability.encryption': 'AWS::Serverless::StateMachine has no property for it',
  'more.dynamodb.capacity': 'a SimpleTable is on demand unless it sets a capacity',
  'more.dynamodb.deletion-protection': 'AWS::Serverless::SimpleTable has no property for it',
  'more.role.decrypt': role,
  'more.role.escalation': role,
  'more.role.pass-role': role,
  'more.role.service-wildcards': role,
  'more.private-api.policy': 'a statement in Auth.ResourcePolicy of SAM is written as CloudFormation does',
  'more.workflow.role': role,
  'more.workflow.secrets': 'the definition is the same text in SAM',
  'all.application.field-level': code,
  'batch.downstream.database': code,
  'batch.function.correlation': code,
  'batch.function.idempotency': code,
  'batch.function.retry': code,
};

describe('the fix of a rule in the words of SAM', () => {
  it('is there for every rule on what SAM makes, or it is said why not', () => {
    const lacking = ruleSet.rules
      .filter(({ appliesTo, fix }) => fix.sam === undefined && appliesTo.some((type) => madeBySam.has(type)))
      .map(({ id }) => id);
    expect(lacking.sort()).toEqual(Object.keys(without).sort());
  });

  it('is there for the rules that SAM can repair, each with a template that it repairs', () => {
    const withWords = ruleSet.rules.filter(({ fix }) => fix.sam !== undefined).map(({ id }) => id);
    const repaired = ruleSet.rules
      .filter(({ examples }) => examples.some(({ repairedBy }) => repairedBy === 'sam'))
      .map(({ id }) => id);
    expect(withWords.length).toBeGreaterThan(45);
    expect(repaired).toEqual(withWords);
  });

  it('repairs its templates: expanded and scanned again, nothing in them fails the rule', () => {
    const left = ruleSet.rules.flatMap((rule) =>
      rule.examples
        .filter(({ repairedBy }) => repairedBy === 'sam')
        .flatMap((example) => {
          const before = evaluateExample(rule, example, ruleSet, now);
          const template = merged(example.template, parseYaml(rule.fix.sam ?? '', rule.id).value);
          const after = evaluateExample(rule, { ...example, template }, ruleSet, now);
          const bad = after.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
          return [
            ...(before.some(({ verdict }) => verdict === example.verdict)
              ? []
              : [`${rule.id} is not ${example.verdict} before`]),
            ...(after.length > 0 ? [] : [`${rule.id} evaluates nothing after`]),
            ...bad.map(({ resource, message }) => `${rule.id} on ${resource.name}: ${message}`),
          ];
        }),
    );
    expect(left).toEqual([]);
  });
});

describe('rules that follow from others', () => {
  it('name rules that exist, and none of them in a circle', () => {
    const byId = new Map(ruleSet.rules.map((rule) => [rule.id, rule]));
    const follows = (id: string): readonly string[] => {
      const rule = byId.get(id);
      return [...(rule?.follows ?? []), ...(rule?.assert.flatMap((clause) => clause.follows ?? []) ?? [])];
    };
    const unknown = ruleSet.rules.flatMap(({ id }) => follows(id).filter((cause) => !byId.has(cause)));
    const circular = ruleSet.rules.filter(({ id }) => {
      const seen = new Set<string>();
      const open = [...follows(id)];
      for (const cause of open) {
        if (seen.has(cause)) continue;
        seen.add(cause);
        open.push(...follows(cause));
      }
      return seen.has(id);
    });
    expect([unknown, circular.map(({ id }) => id)]).toEqual([[], []]);
  });
});
