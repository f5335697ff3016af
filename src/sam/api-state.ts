import { isRawObject } from '../text/raw.ts';
import { toPointer } from '../model/location.ts';
import { ApiDocument, emptyOpenApi, emptySwagger } from './api-document.ts';
import type { SamContext } from './context.ts';
import { isGiven, isTruthy, type Tree } from './tree.ts';

/** An API of the template, whose document its functions' events write into. */
export interface ApiState {
  readonly id: string;
  readonly properties: Tree;
  /** Undefined where the document is uploaded, or named by something unknown. */
  readonly document: ApiDocument | undefined;
  /** True where events write the document: the author gave none, or handed it over by `__MANAGE_SWAGGER`. */
  readonly isManaged: boolean;
  /** Settings that events give single routes of an HTTP API, by the route's key. */
  readonly routeSettings: Map<string, unknown>;
  /** Where those are written, by their path in the stage's properties joined by NUL. */
  readonly settingPlaces: Record<string, readonly string[]>;
}

const apiStates = new WeakMap<SamContext, Map<string, ApiState>>();

/** The state of an AWS::Serverless::Api or HttpApi; undefined for anything else. */
export function apiState(id: string, context: SamContext): ApiState | undefined {
  const known = apiStates.get(context) ?? new Map<string, ApiState>();
  apiStates.set(context, known);
  const found = known.get(id);
  if (found !== undefined) return found;
  const type = context.typeOf(id);
  if (type !== 'AWS::Serverless::Api' && type !== 'AWS::Serverless::HttpApi') return undefined;
  const written = context.resources.get(id)?.['Properties'];
  const state = readState(id, type, isRawObject(written) ? written : {});
  known.set(id, state);
  return state;
}

function readState(id: string, type: string, properties: Tree): ApiState {
  const { DefinitionBody, DefinitionUri } = properties;
  const events = { routeSettings: new Map<string, unknown>(), settingPlaces: {} };
  const pointer = toPointer(['Resources', id, 'Properties', 'DefinitionBody']);
  if (isTruthy(DefinitionUri)) {
    return { id, properties, document: undefined, isManaged: false, ...events };
  }
  if (isGiven(DefinitionBody)) {
    const document = new ApiDocument(DefinitionBody, pointer);
    return { id, properties, document, isManaged: isTruthy(properties['__MANAGE_SWAGGER']), ...events };
  }
  const empty = type === 'AWS::Serverless::Api' ? emptySwagger() : emptyOpenApi();
  return { id, properties, document: new ApiDocument(empty, pointer), isManaged: true, ...events };
}
