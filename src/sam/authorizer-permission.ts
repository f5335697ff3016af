import { inheritedAttributes, type SamContext, type SamResource } from './context.ts';
import { ref, sub } from './tree.ts';

/** A Lambda authorizer as far as its permission goes. */
export interface PermittedAuthorizer {
  readonly name: string;
  readonly functionArn: unknown;
  /** As it stands in the ARN: REST APIs get the deployed partition, HTTP APIs a reference to it. */
  readonly partition: string;
}

/** The permission by which an API may ask its authorizer's function. */
export function emitAuthorizerPermission(
  resource: SamResource,
  { name, functionArn, partition }: PermittedAuthorizer,
  context: SamContext,
): void {
  const { id } = resource;
  const permission = {
    Type: 'AWS::Lambda::Permission',
    ...inheritedAttributes(resource),
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: functionArn,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(
        `arn:${partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`,
        { __ApiId__: ref(id) },
      ),
    },
  };
  context.emit(`${id}${name}AuthorizerPermission`, permission, { id, path: ['Auth', 'Authorizers', name] });
}
