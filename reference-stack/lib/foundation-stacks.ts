import { type App, type Environment, Stack } from 'aws-cdk-lib';
import { CodeSigning } from './code-signing.ts';
import { Foundation } from './foundation.ts';
import type { NetworkFoundationProps } from './network-foundation.ts';
import type { Posture } from './posture.ts';

/** Settings of {@link foundationStacks}; every one has a default that synthesizes without an account. */
export interface FoundationStacksProps {
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

/**
 * The two stacks that Headgate's own functions stand on: signing, before any function, and network and alarms. Each
 * application has its own: its endpoints admit other callers, and who deletes one must not take the other's network away.
 *
 * @param kind part of the stacks' names
 * @param owner completes "Network and alarms of ..."
 */
export function foundationStacks(
  app: App,
  kind: string,
  owner: string,
  props: FoundationStacksProps,
): { readonly signing: Stack; readonly foundation: Foundation } {
  const { prefix = 'Headgate', env } = props;
  const stack = (name: string, description: string) =>
    new Stack(app, `${prefix}${kind}${name}`, { description, ...(env && { env }) });
  const signing = stack('Signing', 'Signing profile and code signing configuration');
  const foundation = new Foundation(stack('Foundation', `Network and alarms of ${owner}`), 'Foundation', {
    codeSigning: new CodeSigning(signing, 'CodeSigning'),
    posture: props.posture ?? 'production',
    // Most services that Headgate reads have no endpoint in the VPC, and other Regions never have one.
    network: { ...props.network, externalCidrs: ['0.0.0.0/0'] },
    securityHub: props.enableSecurityHub ?? true,
    ...(props.alarmEmail !== undefined && { alarmEmail: props.alarmEmail }),
  });
  return { signing, foundation };
}
