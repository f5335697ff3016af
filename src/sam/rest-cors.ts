import { isRawObject } from '../text/raw.ts';
import type { ApiDocument } from './api-document.ts';
import { SamDocumentProblem, SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, isTruthy, type Tree } from './tree.ts';

const allMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const known = ['AllowMethods', 'AllowHeaders', 'AllowOrigin', 'MaxAge', 'AllowCredentials'];

/** What a browser of another origin may do. */
interface Cors {
  readonly origin: unknown;
  readonly headers: unknown;
  readonly methods: unknown;
  readonly maxAge: unknown;
  readonly credentials: boolean;
}

/** `Cors` of a REST API: a mock `OPTIONS` method for each path that has none. */
export function addRestCors(document: ApiDocument, written: unknown): void {
  const cors = readCors(written);
  for (const path of Object.keys(document.paths)) addPreflight(document, path, cors);
}

function readCors(written: unknown): Cors {
  const isMap = isRawObject(written) && !isIntrinsic(written);
  const properties: Tree = isMap ? written : { AllowOrigin: written };
  const wrong = Object.keys(properties).find((name) => !known.includes(name));
  if (wrong !== undefined) {
    throw new SamProblem(`\`${wrong}\` is not a key of \`Cors\`; it takes ${known.join(', ')}`, [
      'Cors',
      wrong,
    ]);
  }
  const origin = Object.hasOwn(properties, 'AllowOrigin') ? properties['AllowOrigin'] : "'*'";
  const credentials = properties['AllowCredentials'];
  if (isTruthy(credentials) && origin === "'*'") {
    throw new SamProblem(
      "`AllowCredentials` cannot be true where `AllowOrigin` is `'*'` or not set; name the origins",
      ['Cors'],
    );
  }
  if (!isTruthy(origin))
    throw new SamProblem('`Cors` needs a value for the allowed origins, `AllowOrigin`', ['Cors']);
  return {
    origin,
    headers: properties['AllowHeaders'],
    methods: properties['AllowMethods'],
    maxAge: properties['MaxAge'],
    credentials: credentials === true,
  };
}

function addPreflight(document: ApiDocument, path: string, cors: Cors): void {
  if (document.has(path, 'options')) {
    checkResponses(document, path);
    return;
  }
  for (const item of document.items(path)) {
    const methods = cors.methods ?? `'${methodsOf(item).join(',')}'`;
    item['options'] = preflight(present(cors, methods));
  }
}

/** What other parts read of a written `options` method must have the right shape. */
function checkResponses(document: ApiDocument, path: string): void {
  for (const definition of document.definitionsOf(path, 'options')) {
    const responses = definition['responses'];
    if (isGiven(responses) && !isRawObject(responses)) {
      throw new SamDocumentProblem(
        `the responses of the options method for path \`${path}\` should be a map`,
        document.pointer,
      );
    }
    for (const response of Object.values(isRawObject(responses) ? responses : {})) {
      const headers = isRawObject(response) ? response['headers'] : undefined;
      if (isGiven(headers) && !isRawObject(headers)) {
        throw new SamDocumentProblem(
          `the response's headers in the options method for path \`${path}\` must be a map`,
          document.pointer,
        );
      }
    }
  }
}

function methodsOf(item: Tree): string[] {
  const names = Object.keys(item).map((name) => name.toUpperCase());
  if (names.some((name) => name === 'X-AMAZON-APIGATEWAY-ANY-METHOD')) return allMethods;
  return [...new Set([...names, 'OPTIONS'])].sort();
}

function present(cors: Cors, methods: unknown): [header: string, value: unknown, type: string][] {
  const all: [string, unknown, string][] = [
    ['Access-Control-Allow-Headers', cors.headers, 'string'],
    ['Access-Control-Allow-Origin', cors.origin, 'string'],
    ['Access-Control-Max-Age', cors.maxAge, 'integer'],
    ['Access-Control-Allow-Methods', methods, 'string'],
    ['Access-Control-Allow-Credentials', cors.credentials ? "'true'" : undefined, 'string'],
  ];
  return all.filter(([, value]) => isTruthy(value));
}

function preflight(headers: readonly [string, unknown, string][]): Tree {
  const shown = headers.map(([name, , type]): [string, unknown] => [name, { type }]);
  const values = headers.map(([name, value]): [string, unknown] => [`method.response.header.${name}`, value]);
  const ok = { description: 'Default response for CORS method', headers: Object.fromEntries(shown) };
  const integration = {
    type: 'mock',
    requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
    responses: {
      default: {
        statusCode: '200',
        responseParameters: Object.fromEntries(values),
        responseTemplates: { 'application/json': '{}\n' },
      },
    },
  };
  return {
    summary: 'CORS support',
    consumes: ['application/json'],
    produces: ['application/json'],
    'x-amazon-apigateway-integration': integration,
    responses: { '200': ok },
  };
}
