import { readFileSync } from 'node:fs';
import type { CfnResource } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** Object key of a bundle as the CDK publishes it -> object key of the bundle that AWS Signer signed. */
export type SignedKeys = Readonly<Record<string, string>>;

/**
 * Context value with the path of the JSON file of {@link SignedKeys}; without it, templates refer to unsigned
 * bundles.
 */
export const signedKeysContext = 'signedCode';

/** The code of a function. It is published as an asset, and deployed from the object that AWS Signer signed. */
export class SignedCode extends lambda.Code {
  readonly isInline = false;
  private readonly unsigned: lambda.Code;

  constructor(unsigned: lambda.Code) {
    super();
    this.unsigned = unsigned;
  }

  /** @throws when signed bundles were named and this one is not among them */
  override bind(scope: Construct): lambda.CodeConfig {
    const config = this.unsigned.bind(scope);
    const keys = signedKeys(scope);
    const location = config.s3Location;
    if (!keys || !location) return config;
    const objectKey = keys[location.objectKey];
    if (objectKey === undefined) {
      throw new Error(
        `The bundle ${location.objectKey} of ${scope.node.path} has no signature. Deploy with deploy.mjs, which signs all bundles.`,
      );
    }
    return { ...config, s3Location: { bucketName: location.bucketName, objectKey } };
  }

  override bindToResource(resource: CfnResource, options?: lambda.ResourceBindOptions): void {
    this.unsigned.bindToResource(resource, options);
  }
}

function signedKeys(scope: Construct): SignedKeys | undefined {
  const file: unknown = scope.node.tryGetContext(signedKeysContext);
  return typeof file === 'string' ? (JSON.parse(readFileSync(file, 'utf8')) as SignedKeys) : undefined;
}
