import type { StackFacts } from '../account/stack-facts.ts';
import { unpackConfig } from '../app/config-files.ts';
import { parseTemplateText } from '../text/parse-template.ts';
import { answerOf, faultAnswer, idleAnswer, type HookAnswer } from './answer.ts';
import { decideChange, loadJudge, type Judge } from './decide-change.ts';
import { readHookCall, type HookCall } from './event.ts';
import { readHookSettings, type HookSettings } from './hook-settings.ts';
import { fetchPayload, type FetchOptions, type HookPayload } from './payload.ts';

/** Where a payload may come from and what is asked, for callers that are no Lambda function. */
export interface HookSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch?: FetchOptions;
  readonly endpoint?: string;
  readonly log?: (line: string) => void;
}

let judge: { readonly key: string; readonly loaded: Promise<Judge> } | undefined;

/** The CloudFormation Lambda Hook: a stack or a change set in, whether it may go on out. */
export async function handler(event: unknown): Promise<HookAnswer> {
  return answerCall(event, { environment: process.env, log: (line) => process.stdout.write(`${line}\n`) });
}

/** Decides a call. It never throws: what goes wrong is an answer too, which blocks only where the owner says so. */
export async function answerCall(event: unknown, surroundings: HookSurroundings): Promise<HookAnswer> {
  const { environment, log = () => undefined } = surroundings;
  let token = '';
  // Whoever asked that faults fail is not let down by a mistake in another setting.
  let onError: HookSettings['onError'] = environment['HEADGATE_ON_ERROR'] === 'fail' ? 'fail' : 'pass';
  try {
    const call = readHookCall(event);
    token = call.token;
    const settings = readHookSettings(environment);
    onError = settings.onError;
    const answer = await decided(call, settings, surroundings);
    const { hookStatus, message } = answer;
    log(JSON.stringify({ level: 'INFO', message, hookStatus, stackId: call.stackId, target: call.target }));
    return answer;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log(JSON.stringify({ level: 'ERROR', message: why, token }));
    return faultAnswer(why, token, onError);
  }
}

async function decided(
  call: HookCall,
  settings: HookSettings,
  surroundings: HookSurroundings,
): Promise<HookAnswer> {
  const { target, invocationPoint, token } = call;
  if (target !== 'STACK' && target !== 'CHANGE_SET')
    return idleAnswer(
      `Headgate checks stacks and change sets; register it only for these, not for ${target}`,
      token,
    );
  if (invocationPoint.startsWith('DELETE'))
    return idleAnswer('Headgate has nothing to check when a stack is deleted', token);
  if (call.payload === undefined) return faultAnswer('the event has no payload', token, settings.onError);
  const [payload, loaded] = await Promise.all([
    fetchPayload(call.payload, surroundings.fetch),
    judgeOf(settings),
  ]);
  if (payload.template === '')
    return idleAnswer('Headgate has nothing to check: the change has no template', token);
  const known = settings.lookUp ? await lookedUp(call, payload, surroundings) : undefined;
  for (const missing of known?.missing ?? [])
    surroundings.log?.(JSON.stringify({ level: 'WARN', message: `not answered: ${missing}` }));
  const result = await decideChange(call, payload, known, loaded, settings);
  const broken = result.diagnostics.find(({ severity }) => severity === 'error');
  if (broken !== undefined) return faultAnswer(broken.message, token, settings.onError);
  return answerOf(result, loaded.ruleSet.rules, token, settings);
}

function judgeOf(settings: HookSettings): Promise<Judge> {
  const key = settings.level ?? '';
  if (judge?.key !== key) {
    const loaded = unpackConfig('/tmp/headgate').then((folder) => loadJudge(folder, settings));
    // A load that fails is tried again by the next call.
    loaded.catch(() => (judge = undefined));
    judge = { key, loaded };
  }
  return judge.loaded;
}

/** The SDK is loaded only where it is asked. */
async function lookedUp(
  call: HookCall,
  payload: HookPayload,
  { endpoint }: HookSurroundings,
): Promise<StackFacts> {
  const { askStack } = await import('../account/stack-facts.ts');
  const { root } = parseTemplateText(payload.template, 'template');
  const { region, stackId, changeSetId, target, invocationPoint } = call;
  return askStack(
    {
      ...(region === undefined ? {} : { region }),
      ...(stackId === undefined ? {} : { stackId }),
      ...(changeSetId === undefined ? {} : { changeSetId }),
      isNew: invocationPoint.startsWith('CREATE'),
      wantsExports: JSON.stringify(root ?? {}).includes('"Fn::ImportValue"'),
      wantsDeployed: target === 'CHANGE_SET' && payload.changes.some(({ action }) => action !== 'CREATE'),
    },
    endpoint === undefined ? {} : { endpoint },
  );
}
