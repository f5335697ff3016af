import { describe, expect, it } from '@jest/globals';
import { decideReading } from '../../src/app/scan.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Verdict } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { isIntrinsic, replaced, sitesOf, type Template } from '../rules/weakening/template.ts';

/** One of so many values is replaced; 1 replaces all of them. */
const oneOf = Number(process.env['HEADGATE_BLANK_ONE_OF'] ?? 6);

/**
 * Where a parameter without a value changes a verdict that is not unknown, and why it may: rule or rules, and the end of
 * the path that it stands at.
 */
const allowed: readonly { readonly rules: RegExp; readonly at: RegExp; readonly because: string }[] = [
  {
    rules:
      /^(all\.alarm\.|all\.lambda\.(log-group|provisioned-concurrency)$|api\.s3\.tls$|api\.waf\.associated|batch\.dlq\.redrive|batch\.metrics\.dashboard$|events\.bus\.(archive|policy)$|events\.s3\.eventbridge$|events\.sqs\.fifo$)/,
    at: /(Name|Bucket|Dimensions\.\d+\.Value|DashboardBody)$/,
    because:
      'what a template declares itself does not come in through its own parameter, so that a literal name is another one',
  },
  {
    rules: /^(api\.vpce\.|batch\.operations\.replay)/,
    at: /(Action(\.\d+)?|inputs\.Api)$/,
    because: 'an action that only a parameter knows is no sign of what is used',
  },
  {
    rules: /^(api\.vpce\.dynamodb|more\.dynamodb\.capacity)$/,
    at: /(TableName|ResourceId|Variables\.STORE)$/,
    because:
      'what a template declares does not come in through its own parameter: the two names are two things',
  },
  {
    rules: /^(api\.external\.api-key|api\.gateway\.(access-logs|tls-termination)|events\.sns\.fan-out)$/,
    at: /(Value|DestinationArn|CertificateArn|Endpoint)$/,
    because: 'what a deployment gives is no literal, and is of the kind that the service accepts there',
  },
  {
    rules: /^(api\.waf\.(ip-filtering|rate-limiting|sql-injection)|all\.vpce\.other-services\.access)$/,
    at: /(Addresses\.\d+|Priority|PositionalConstraint|SearchString|CidrBlock|CidrIp)$/,
    because:
      'an address is taken to be one, and a rule to let through less than everything, unless it is written out',
  },
  {
    rules: /^api\.external\.tls$/,
    at: /Variables\.[A-Z_]+$/,
    because:
      'a variable that nothing calls an address is asked for its scheme where its value is written out',
  },
  {
    rules: /^events\.s3\.eventbridge$/,
    at: /(EventPattern\.source\.0|prefix)$/,
    because: 'a rule whose source only a parameter knows is not taken for one that waits for a bucket',
  },
  {
    rules: /^(batch\.alarm\.error-rate|events\.stepfunctions\.retry)$/,
    at: /(MetricName|Expression|Type)$/,
    because: 'another metric, query or type of state would be another alarm or workflow',
  },
];

const ruleSet = applySettings(await shippedRules(), {});

function verdicts(
  rule: Rule,
  template: object,
  code: Rule['examples'][number]['code'],
): ReadonlyMap<string, Verdict> {
  const { evaluations } = decideReading(
    readTemplateObject(template, 'template', code === undefined ? {} : { code }),
    {
      ruleSet: { ...ruleSet, rules: [rule] },
      version: '0',
      now: new Date('2026-11-23T00:00:00Z'),
      detail: 'findings',
    },
  );
  return new Map(evaluations.map(({ resource, verdict }) => [resource.name, verdict]));
}

/** A pass or "not applicable" that was something worse, or a fail that was a pass. */
function isChanged(before: Verdict | undefined, after: Verdict): boolean {
  if (after === 'fail') return before === 'pass';
  return after !== 'unknown' && (before === 'fail' || before === 'unknown');
}

describe('a value that becomes a parameter without a value', () => {
  it('leaves the verdict, or makes it unknown', () => {
    const wrong: string[] = [];
    const used = new Set<object>();
    let tried = 0;
    let values = 0;
    for (const rule of ruleSet.rules) {
      for (const { name, template: example, code } of rule.examples) {
        const template = example as Template; // a whole template
        if (template.Transform !== undefined) continue;
        const before = verdicts(rule, template, code);
        const open = { ...template, Parameters: { ...template.Parameters, HgBlank: { Type: 'String' } } };
        for (const [id, resource] of Object.entries(template.Resources)) {
          for (const site of sitesOf(id, resource)) {
            const isLeaf =
              (typeof site.value !== 'object' || site.value === null) && !isIntrinsic(site.value);
            if (!isLeaf || values++ % oneOf !== 0) continue;
            tried += 1;
            const at = `${id}.${site.steps.join('.')}`;
            for (const [on, verdict] of verdicts(rule, replaced(open, site, { Ref: 'HgBlank' }), code)) {
              if (!isChanged(before.get(on), verdict)) continue;
              const line = allowed.find((each) => each.rules.test(rule.id) && each.at.test(at));
              if (line === undefined)
                wrong.push(`${rule.id}, "${name}", ${on}, ${at}: ${before.get(on) ?? ''}, then ${verdict}`);
              else used.add(line);
            }
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(300);
    if (oneOf === 1) expect(allowed.filter((line) => !used.has(line))).toEqual([]);
  }, 300_000);
});
