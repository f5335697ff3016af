import { lookup } from '../model/lookup.ts';
import { asMap } from './check-properties.ts';
import { inheritedAttributes, type SamContext } from './context.ts';
import type { EventTarget } from './event-target.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, isTruthy, pick, present, type Tree } from './tree.ts';

const corsTypes: Readonly<Record<string, string>> = {
  AllowOrigins: 'list',
  AllowMethods: 'list',
  AllowCredentials: 'boolean',
  AllowHeaders: 'list',
  ExposeHeaders: 'list',
  MaxAge: 'number',
};

/** `FunctionUrlConfig`: the URL, and who may call it without credentials. */
export function expandFunctionUrl({ resource, name }: EventTarget, context: SamContext): void {
  const { id, properties } = resource;
  if (!isTruthy(properties['FunctionUrlConfig'])) return;
  const config = asMap(properties['FunctionUrlConfig'], 'FunctionUrlConfig');
  checkCors(config['Cors']);
  const type = config['AuthType'];
  if (type !== 'AWS_IAM' && type !== 'NONE' && !isIntrinsic(type)) {
    throw new SamProblem('`FunctionUrlConfig` needs `AuthType`: `AWS_IAM` or `NONE`', ['FunctionUrlConfig']);
  }
  const emit = (suffix: string, Type: string, Properties: Tree): void => {
    const made = { Type, ...inheritedAttributes(resource), Properties };
    context.emit(id + suffix, made, { id, path: ['FunctionUrlConfig'], direct: suffix === 'Url' });
  };
  const url = { TargetFunctionArn: name, ...pick(config, ['AuthType', 'Cors', 'InvokeMode']) };
  emit('Url', 'AWS::Lambda::Url', present(url));
  if (type !== 'NONE') return;
  emit('UrlPublicPermissions', 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunctionUrl',
    FunctionName: name,
    Principal: '*',
    FunctionUrlAuthType: config['AuthType'],
  });
  emit('URLInvokeAllowPublicAccess', 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: name,
    Principal: '*',
    InvokedViaFunctionUrl: true,
  });
}

function checkCors(written: unknown): void {
  if (!isGiven(written) || isIntrinsic(written)) return;
  const cors = asMap(written, 'FunctionUrlConfig.Cors');
  for (const [name, value] of Object.entries(cors)) {
    const path = ['FunctionUrlConfig', 'Cors', name];
    const expected = lookup(corsTypes, name);
    if (expected === undefined) {
      throw new SamProblem(`\`${name}\` is not a valid property of \`FunctionUrlConfig.Cors\``, path);
    }
    const fits = expected === 'list' ? Array.isArray(value) : typeof value === expected;
    if (!fits && !isIntrinsic(value)) {
      throw new SamProblem(`\`${name}\` must be a ${expected} in \`FunctionUrlConfig.Cors\``, path);
    }
  }
}
