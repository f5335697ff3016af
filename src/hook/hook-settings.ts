import type { FailOn, OnUnknown } from '../app/exit-code.ts';
import { levels, severities, type Level } from '../model/rule.ts';
import { HeadgateError } from '../model/headgate-error.ts';

/** How the hook decides, from the function's environment. */
export interface HookSettings {
  /** @default 'high' */
  readonly failOn: FailOn;
  readonly level?: Level;
  /** `new`: only findings that the change brings fail it; `all`: every one does. @default 'new' */
  readonly compare: 'new' | 'all';
  /** What unknown verdicts do: `ignore`, `warn` (those that one side of a condition fails count), `fail`. @default 'ignore' */
  readonly unknown: OnUnknown;
  /** What becomes of a change when the hook cannot decide it. @default 'pass' */
  readonly onError: 'pass' | 'fail';
  /** Whether parameters, exports and the template before are asked of CloudFormation. @default false */
  readonly lookUp: boolean;
}

/**
 * Reads `HEADGATE_FAIL_ON`, `HEADGATE_LEVEL`, `HEADGATE_COMPARE`, `HEADGATE_UNKNOWN`, `HEADGATE_ON_ERROR` and
 * `HEADGATE_LOOK_UP`.
 * @throws HeadgateError `hook-setting` for a value that is none of those it takes.
 */
export function readHookSettings(environment: Readonly<Record<string, string | undefined>>): HookSettings {
  const oneOf = <T extends string>(name: string, values: readonly T[], standard: T): T => {
    const given = environment[name];
    if (given === undefined || given === '') return standard;
    const found = values.find((value) => value === given);
    if (found === undefined)
      throw new HeadgateError('hook-setting', `${name} is \`${given}\`; use one of ${values.join(', ')}.`);
    return found;
  };
  const level = environment['HEADGATE_LEVEL'];
  return {
    failOn: oneOf('HEADGATE_FAIL_ON', [...severities, 'none'], 'high'),
    ...(level === undefined || level === '' ? {} : { level: oneOf('HEADGATE_LEVEL', levels, 'reference') }),
    compare: oneOf('HEADGATE_COMPARE', ['new', 'all'], 'new'),
    unknown: oneOf('HEADGATE_UNKNOWN', ['ignore', 'warn', 'fail'], 'ignore'),
    onError: oneOf('HEADGATE_ON_ERROR', ['pass', 'fail'], 'pass'),
    lookUp: oneOf('HEADGATE_LOOK_UP', ['on', 'off'], 'off') === 'on',
  };
}
