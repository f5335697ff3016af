import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** Properties of {@link SecureTopic}. */
export interface SecureTopicProps {
  /** Customer-managed key; its policy must admit the services that publish. */
  readonly key: kms.IKey;
  readonly displayName: string;
}

/** A topic that is encrypted with a customer-managed key, refuses plain HTTP and passes traces on. */
export class SecureTopic extends sns.Topic {
  constructor(scope: Construct, id: string, props: SecureTopicProps) {
    super(scope, id, {
      masterKey: props.key,
      displayName: props.displayName,
      enforceSSL: true,
      tracingConfig: sns.TracingConfig.ACTIVE,
    });
  }
}
