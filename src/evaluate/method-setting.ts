import { scalarText } from '../model/scalar-text.ts';
import {
  PartialString,
  Reference,
  SymbolicValue,
  isObjectValue,
  type Cause,
  type Value,
} from '../model/value.ts';
import { openTop } from '../model/open-value.ts';
import type { Resource } from '../model/resource.ts';
import { asked } from './choices.ts';
import type { Form } from './form.ts';
import { boundNode, type Context } from './node.ts';
import { blocked } from './predicates.ts';
import { every, type Truth } from '../model/truth.ts';

/**
 * The current member of a REST stage's `MethodSettings` is about the bound method: for all methods, or for its verb and path.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html
 */
export const settingOfForm: Form = (raw) => (node, context) => {
  const method = boundNode(context, scalarText(raw['settingOf']))?.resource;
  const setting = node.value;
  if (method === undefined || !isObjectValue(setting)) return false;
  const { ResourcePath, HttpMethod } = setting;
  return asked(ResourcePath, (path) =>
    asked(HttpMethod, (verb) => {
      if (typeof path === 'string' && ['/*', '*'].includes(path) && verb === '*') return true;
      return every(
        [
          (): Truth => verb === '*' || sameText(verb, method.properties.HttpMethod),
          (): Truth => samePath(path, method, context),
        ],
        (test) => test(),
      );
    }),
  );
};

function sameText(one: Value | undefined, other: Value | undefined): Truth {
  for (const value of [one, other]) if (value instanceof SymbolicValue) return blocked(value);
  return one !== undefined && scalarText(one) === scalarText(other);
}

function samePath(path: Value | undefined, method: Resource, context: Context): Truth {
  if (path instanceof SymbolicValue) return blocked(path);
  if (path === undefined) return false;
  const known = pathOfMethod(method, context);
  return typeof known === 'string' ? plainPath(scalarText(path)) === known : known;
}

/** Settings write the slashes of a path as `~1`, behind one that stays. */
function plainPath(text: string): string {
  return `/${text.replaceAll('~1', '/')}`.replace(/\/+/g, '/');
}

function pathOfMethod(method: Resource, context: Context): string | Cause {
  if (isRoot(openTop(method.properties.ResourceId, context.world))) return '/';
  const edge = context.graph
    .related(method, 'apiResource')
    .edges.find(({ uncertain }) => context.world.admits(uncertain));
  if (edge?.to !== undefined) return pathOf(edge.to, context, 0);
  return unknownPath(method);
}

function isRoot(value: Value | undefined): boolean {
  return value instanceof Reference && value.attribute === 'RootResourceId';
}

/** No API nests its paths deeper. */
const deepest = 60;

function pathOf(resource: Resource, context: Context, depth: number): string | Cause {
  const [Path, PathPart, ParentId] = [
    resource.properties.Path,
    resource.properties.PathPart,
    resource.properties.ParentId,
  ].map((value) => openTop(value, context.world));
  if (typeof Path === 'string') return plainPath(Path);
  if (typeof PathPart !== 'string' || depth > deepest) return unknownPath(resource);
  if (isRoot(ParentId)) return `/${PathPart}`;
  const parent = ParentId instanceof Reference ? context.graph.byId(ParentId.resourceId) : undefined;
  if (parent?.type !== 'AWS::ApiGateway::Resource') return unknownPath(resource);
  const above = pathOf(parent, context, depth + 1);
  return typeof above === 'string' ? `${above}/${PathPart}` : above;
}

function unknownPath({ name, properties: { PathPart } }: Resource): Cause {
  if (PathPart instanceof SymbolicValue && !(PathPart instanceof PartialString)) {
    const cause = blocked(PathPart);
    return cause;
  }
  return {
    code: 'outside',
    message: `the path of \`${name}\` is known only with the API that it belongs to`,
    remedy: 'scan the template of the API as well, or set the limits for all methods (/* and *)',
  };
}
