import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as signer from 'aws-cdk-lib/aws-signer';
import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * A signing profile, and a code signing configuration that rejects bundles that the profile did not sign.
 * `reference-stack/deploy` signs the bundles with the profile in the output `SigningProfileName`.
 */
export class CodeSigning extends Construct {
  readonly profile: signer.SigningProfile;
  readonly config: lambda.CodeSigningConfig;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.profile = new signer.SigningProfile(this, 'Profile', {
      platform: signer.Platform.AWS_LAMBDA_SHA384_ECDSA,
    });
    this.config = new lambda.CodeSigningConfig(this, 'Config', {
      signingProfiles: [this.profile],
      untrustedArtifactOnDeployment: lambda.UntrustedArtifactOnDeployment.ENFORCE,
      description: 'Rejects functions that the signing profile did not sign',
    });
    new CfnOutput(this, 'ProfileName', {
      value: this.profile.signingProfileName,
      description: 'AWS Signer profile that signs the function bundles',
    });
  }
}
