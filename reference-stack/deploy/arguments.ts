/** What the command line asks for. */
export interface DeploymentArguments {
  /** `name=value` settings of app.ts, in order. */
  readonly settings: ReadonlyMap<string, string>;
  /** Options that every command of the CDK takes, such as `--profile`. */
  readonly everywhere: readonly string[];
  /** Options of `cdk deploy` alone, such as `--parameters`. */
  readonly options: readonly string[];
  /** Named profile of the credentials. */
  readonly profile?: string;
}

/** Options of the CDK that say with what and how AWS is called; each has a value. */
const general = new Set(['--profile', '--proxy', '--ca-bundle-path', '--role-arn', '-r']);

/**
 * Reads `[name=value ...] [options of cdk deploy]`.
 *
 * Without a terminal nobody can answer the CDK's question about permissions, which then fails the deployment; it is not
 * asked, unless `--require-approval` says otherwise.
 *
 * @param terminal whether somebody can answer
 */
export function parseArguments(args: readonly string[], terminal: boolean): DeploymentArguments {
  const settings = new Map<string, string>();
  const everywhere: string[] = [];
  const options: string[] = [];
  let profile: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const setting = /^(\w+)=(.*)$/s.exec(arg);
    if (setting) {
      settings.set(setting[1] ?? '', setting[2] ?? '');
      continue;
    }
    if (!arg.startsWith('-')) {
      options.push(arg);
      continue;
    }
    const [name = '', ...rest] = arg.split('=');
    // A setting by another name: what follows is one.
    if (name === '-c' || name === '--context') continue;
    // The value of an option may look like a setting (`--parameters Stack:Name=value`): it stays with its option.
    const next = args[at + 1];
    const takesNext = rest.length === 0 && next !== undefined && !next.startsWith('-') && !/^\w+=/.test(next);
    const value = rest.length > 0 ? rest.join('=') : takesNext ? next : undefined;
    if (takesNext) at += 1;
    const whole = value === undefined ? [name] : [name, value];
    if (name === '--profile' && value !== undefined) profile = value;
    // A role that CloudFormation takes on is no option of synthesis and publishing.
    if (general.has(name) && name !== '--role-arn' && name !== '-r') everywhere.push(...whole);
    else options.push(...whole);
  }
  if (!terminal && !options.includes('--require-approval')) options.push('--require-approval', 'never');
  return { settings, everywhere, options, ...(profile !== undefined && { profile }) };
}
