import { type App, type Environment, Stack } from 'aws-cdk-lib';
import { CodeSigning } from '../lib/code-signing.ts';
import { Foundation } from '../lib/foundation.ts';
import type { NetworkFoundationProps } from '../lib/network-foundation.ts';
import type { Posture } from '../lib/posture.ts';
import { Hook, type HookProps } from './hook.ts';

/** Settings of the hook's application; every one has a default that synthesizes without an account. */
export interface HookApplicationProps extends Omit<HookProps, 'foundation'> {
  /** Beginning of every stack's name. @default 'Headgate' */
  readonly prefix?: string;
  readonly env?: Environment;
  /** @default 'production' */
  readonly posture?: Posture;
  /** @default the foundation stack asks for `AlarmEmail` */
  readonly alarmEmail?: string;
  /** Zones and prefix lists of the Region, which `deploy.mjs` looks up. */
  readonly network?: Pick<NetworkFoundationProps, 'zones' | 'prefixLists'>;
  /** Whether Security Hub is enabled by the stack; `false` where the account has it already. @default true */
  readonly enableSecurityHub?: boolean;
}

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
    super(app, id, { description: 'Headgate before every deployment', ...(props.env && { env: props.env }) });
    this.hook = new Hook(this, 'Hook', props);
  }
}

/** Builds the stacks of the hook: signing, what it stands on, and the hook, which leaves all three alone. */
export function hookApplication(app: App, props: HookApplicationProps = {}): HookApplication {
  const { prefix = 'Headgate', env } = props;
  const stack = (name: string, description: string) =>
    new Stack(app, `${prefix}Hook${name}`, { description, ...(env && { env }) });
  const signing = stack('Signing', 'Signing profile and code signing configuration');
  const base = stack('Foundation', 'Network and alarms of the hook');
  const foundation = new Foundation(base, 'Foundation', {
    codeSigning: new CodeSigning(signing, 'CodeSigning'),
    posture: props.posture ?? 'production',
    network: { ...props.network, externalCidrs: ['0.0.0.0/0'] },
    securityHub: props.enableSecurityHub ?? true,
    ...(props.alarmEmail !== undefined && { alarmEmail: props.alarmEmail }),
  });
  const exceptStacks = [signing.stackName, base.stackName, ...(props.exceptStacks ?? [])];
  const { hook } = new HookStack(app, `${prefix}Hook`, {
    ...props,
    foundation,
    exceptStacks,
    ...(env && { env }),
  });
  return { foundation, hook, stacks: [signing, base, Stack.of(hook)] };
}
