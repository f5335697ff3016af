import { type App, type Environment, Stack } from 'aws-cdk-lib';
import type { Foundation } from '../lib/foundation.ts';
import { foundationStacks, type FoundationStacksProps } from '../lib/foundation-stacks.ts';
import { Hook, type HookProps } from './hook.ts';

/** Settings of the hook's application; every one has a default that synthesizes without an account. */
export interface HookApplicationProps extends Omit<HookProps, 'foundation'>, FoundationStacksProps {}

/** The stacks of the hook. */
export interface HookApplication {
  readonly foundation: Foundation;
  readonly hook: Hook;
  readonly stacks: readonly Stack[];
}

/** CloudFormation asks Headgate before it deploys. */
export class HookStack extends Stack {
  readonly hook: Hook;

  constructor(app: App, id: string, props: HookProps & { readonly env?: Environment }) {
    super(app, id, { description: 'CloudFormation hook of Headgate', ...(props.env && { env: props.env }) });
    this.hook = new Hook(this, 'Hook', props);
  }
}

/** Builds the stacks of the hook: signing, what it stands on, and the hook, which leaves all three alone. */
export function hookApplication(app: App, props: HookApplicationProps = {}): HookApplication {
  const { prefix = 'Headgate', env } = props;
  const { signing, foundation } = foundationStacks(app, 'Hook', 'the hook', props);
  const base = Stack.of(foundation);
  const exceptStacks = [signing.stackName, base.stackName, ...(props.exceptStacks ?? [])];
  const { hook } = new HookStack(app, `${prefix}Hook`, {
    ...props,
    foundation,
    exceptStacks,
    ...(env && { env }),
  });
  return { foundation, hook, stacks: [signing, base, Stack.of(hook)] };
}
