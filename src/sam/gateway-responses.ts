import { scalarText } from '../model/scalar-text.ts';
import { lookup } from '../model/lookup.ts';
import type { ApiDocument } from './api-document.ts';
import { asMap } from './check-properties.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, present, type Tree } from './tree.ts';

const locations: Readonly<Record<string, string>> = {
  Headers: 'gatewayresponse.header.',
  Paths: 'gatewayresponse.path.',
  QueryStrings: 'gatewayresponse.querystring.',
};

/** `GatewayResponses`: what API Gateway itself answers. */
export function addGatewayResponses(document: ApiDocument, written: unknown): void {
  const responses = asMap(written, 'GatewayResponses');
  const made = Object.entries(responses).map(([name, value]): [string, Tree] => [
    name,
    response(name, value),
  ]);
  document.define(['x-amazon-apigateway-gateway-responses'], Object.fromEntries(made));
}

function response(name: string, written: unknown): Tree {
  const at = `GatewayResponses.${name}`;
  const properties = asMap(written, at);
  const wrong = Object.keys(properties).find(
    (key) => !['ResponseParameters', 'ResponseTemplates', 'StatusCode'].includes(key),
  );
  if (wrong !== undefined)
    throw new SamProblem(`\`${wrong}\` is not a property of a gateway response`, at.split('.'));
  const { ResponseParameters, ResponseTemplates, StatusCode } = properties;
  return present({
    responseParameters: isGiven(ResponseParameters) ? parameters(ResponseParameters, at) : {},
    responseTemplates: isGiven(ResponseTemplates) ? ResponseTemplates : {},
    statusCode: statusCode(StatusCode, at),
  });
}

function statusCode(written: unknown, at: string): unknown {
  if (!isGiven(written) || isIntrinsic(written)) return written;
  if (!/^\d+$/.test(scalarText(written)))
    throw new SamProblem('property `StatusCode` must be numeric', at.split('.'));
  return scalarText(written);
}

function parameters(written: unknown, at: string): Tree {
  const groups = asMap(written, `${at}.ResponseParameters`);
  const entries = Object.entries(groups).flatMap(([group, values]) => {
    const prefix = lookup(locations, group);
    if (prefix === undefined) {
      throw new SamProblem(`invalid gateway response parameter \`${group}\``, [
        ...at.split('.'),
        'ResponseParameters',
      ]);
    }
    const members = asMap(values, `${at}.ResponseParameters.${group}`);
    return Object.entries(members).map(([name, value]): [string, unknown] => [prefix + name, value]);
  });
  return Object.fromEntries(entries);
}
