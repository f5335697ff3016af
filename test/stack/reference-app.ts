import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  referenceApplication,
  type ReferenceApplication,
  type ReferenceApplicationProps,
} from '../../reference-stack/lib/index.ts';

/** A resource of a synthesized template. */
export interface TemplateResource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

/**
 * An app with the feature flags of `cdk.json`, without CDK's own validation, which takes seconds.
 *
 * @param bundling whether handlers are bundled; without it assets are their folder, and templates are the same
 */
export function newApp(bundling = false): App {
  // No test reads where a construct was made; mapping every frame to its source takes most of a synthesis.
  Object.assign(process.env, {
    CDK_VALIDATION: 'false',
    CDK_DISABLE_STACK_TRACE: '1',
    JSII_DEPRECATED: 'quiet',
  });
  const settings = JSON.parse(
    readFileSync(new URL('../../reference-stack/cdk.json', import.meta.url), 'utf8'),
  ) as {
    context: object;
  };
  return new App({
    outdir: mkdtempSync(join(tmpdir(), 'reference-stack-')),
    context: { ...settings.context, ...(!bundling && { 'aws:cdk:bundling-stacks': [] }) },
  });
}

/** The reference application and its templates. */
export function synthesize(props: ReferenceApplicationProps = {}): {
  application: ReferenceApplication;
  template: (name: 'Foundation' | 'Events' | 'Batch' | 'Api') => Template;
  resources: TemplateResource[];
} {
  const application = referenceApplication(newApp(), props);
  const templates = new Map(application.stacks.map((stack) => [stack.stackName, Template.fromStack(stack)]));
  const template = (name: string): Template => {
    const found = templates.get(`${props.prefix ?? 'Headgate'}${name}`);
    if (!found) throw new Error(`No stack called ${name}.`);
    return found;
  };
  return { application, template, resources: application.stacks.flatMap((stack) => resourcesIn(stack)) };
}

/** The resources of one synthesized stack. */
export function resourcesIn(stack: Stack): TemplateResource[] {
  const { Resources: resources = {} } = Template.fromStack(stack).toJSON() as {
    Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  return Object.entries(resources).map(([id, { Type: type, Properties: properties = {} }]) => ({
    stack: stack.stackName,
    id,
    type,
    properties,
  }));
}
