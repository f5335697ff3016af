import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { auditApplication } from '../../reference-stack/audit/audit-application.ts';
import { fleetApplication } from '../../reference-stack/audit/fleet-application.ts';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import { newApp } from './reference-app.ts';

const pages = ['../../reference-stack/README.md', '../../docs/audit.md', '../../docs/audit-organization.md'];

describe('the commands of the deployment pages', () => {
  const app = newApp();
  referenceApplication(app);
  auditApplication(app);
  fleetApplication(app, { organizationId: 'o-abc1234567', regions: ['eu-central-1'] });
  const stacks = new Map(
    app.node.children.flatMap((each) => (Stack.isStack(each) ? [[each.stackName, each]] : [])),
  );

  it.each(pages)('read outputs that the stacks have: %s', (page) => {
    const text = readFileSync(new URL(page, import.meta.url), 'utf8');
    const named = [...text.matchAll(/output (Headgate\w+) (\w+)/g)];
    expect(named.length).toBeGreaterThan(1);
    for (const [, stack = '', name = ''] of named) {
      const found = stacks.get(stack);
      expect({ stack, isThere: found !== undefined }).toEqual({ stack, isThere: true });
      if (found) expect(Object.keys(Template.fromStack(found).findOutputs('*'))).toContain(name);
    }
  });

  it.each(pages)('give parameters that the stacks have: %s', (page) => {
    const text = readFileSync(new URL(page, import.meta.url), 'utf8');
    for (const [, stack = '', name = ''] of text.matchAll(/--parameters (Headgate\w+):(\w+)=/g)) {
      const found = stacks.get(stack);
      expect(found && Object.keys(Template.fromStack(found).findParameters('*'))).toContain(name);
    }
  });
});
