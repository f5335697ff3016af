import { partitionNamed, partitionOfRegion } from '../model/partition.ts';
import { SymbolicValue, Unresolved, type Cause, type Value } from '../model/value.ts';

/** What is known of the place that a stack is deployed to. */
export interface Environment {
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
  readonly stackName?: string;
}

/** Value of a pseudo parameter; undefined for a name that is none. `AWS::NoValue` is not handled here. */
export function pseudoParameter(name: string, environment: Environment): Value | undefined {
  switch (name) {
    case 'AWS::Region':
      return environment.region ?? unknown(name, 'pass --region');
    case 'AWS::AccountId':
      return environment.account ?? unknown(name, 'pass --account');
    case 'AWS::Partition':
      return partitionOf(environment) ?? unknown(name, 'pass --region');
    case 'AWS::URLSuffix':
      return suffixOf(environment) ?? unknown(name, 'pass --region');
    case 'AWS::StackName':
      return environment.stackName ?? unknown(name);
    case 'AWS::StackId':
    case 'AWS::NotificationARNs':
      return unknown(name);
    default:
      return undefined;
  }
}

/** True for what is not known of a pseudo parameter that holds neither colon nor slash. */
export function isPlainPseudoParameter({ code, about }: Cause): boolean {
  return code === 'pseudo-parameter' && about !== 'AWS::StackId' && about !== 'AWS::NotificationARNs';
}

function partitionOf({ region, partition }: Environment): string | undefined {
  if (partition !== undefined || region === undefined) return partition;
  return partitionOfRegion(region).name;
}

function suffixOf(environment: Environment): string | undefined {
  const partition = partitionOf(environment);
  return partition === undefined ? undefined : partitionNamed(partition).urlSuffix;
}

function unknown(name: string, remedy?: string): Unresolved {
  const message = `\`${name}\` is known only to the deployment`;
  return new Unresolved({
    code: 'pseudo-parameter',
    message,
    about: name,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** What AWS::Serverless reads of a stack before it is deployed: parameters, and the pseudo parameters that tell the place. */
export function givenToTransforms(
  given: (name: string) => Value | undefined,
  environment: Environment,
): (name: string) => unknown {
  return (name) => {
    const isPlace = name === 'AWS::Region' || name === 'AWS::Partition';
    const value = isPlace ? pseudoParameter(name, environment) : given(name);
    // What only the deployment tells is nothing to expand by.
    return value instanceof SymbolicValue ? undefined : value;
  };
}
