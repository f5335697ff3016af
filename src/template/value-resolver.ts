import type { SecretTexts } from '../model/secret-texts.ts';
import type { Value } from '../model/value.ts';
import type { Environment } from './environment.ts';
import type { CopyBudget } from './for-each.ts';
import type { RawObject } from '../text/raw.ts';

/** A resource as its template writes it, and what resolves it. */
export interface DeclaredResource {
  readonly raw: unknown;
  readonly resolver: ValueResolver;
}

/** What one stack knows of its surroundings. */
export interface StackSurroundings {
  readonly stackId: string;
  /** The stack that this one is nested in, at all levels; its own id where it is nested in none. */
  readonly rootId: string;
  readonly environment: Environment;
  /** Values given for parameters: from the command line, or by the parent stack. */
  given(name: string): Value | undefined;
  /** Conditions that the configuration settles where the template leaves them open. */
  readonly assumed?: ReadonlyMap<string, boolean>;
  /** Value of an export, by its name. */
  importValue(name: Value | undefined): Value;
  /** Output of another stack, by the name that stack is deployed under. */
  stackOutput(stackName: Value | undefined, output: Value | undefined): Value;
  /** Output of the nested stack that a resource of this template is; undefined when its template is not at hand. */
  nestedOutput(logicalId: string, output: string): Value | undefined;
  /** A resource of any stack of the reading, by its id. */
  declared(resourceId: string): DeclaredResource | undefined;
  /** True when a transform may add resources, so that a name nobody declares is no mistake. */
  readonly mayAddResources: boolean;
  /** Shared by all stacks of a reading, because they can lead into each other. */
  readonly recursion: { depth: number };
  readonly budget: CopyBudget;
  /** What `NoEcho` parameters hold, in all stacks of the reading. */
  readonly secrets: SecretTexts;
}

/** What an intrinsic function needs of the resolver that it is evaluated by. */
export interface ValueResolver {
  /** The template, loops of its sections unrolled. */
  readonly root: RawObject;
  readonly surroundings: StackSurroundings;
  /** The value of a raw tree; undefined for `AWS::NoValue`. */
  resolve(raw: unknown): Value | undefined;
  /** `Ref`. */
  reference(name: string): Value | undefined;
  /** `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string): Value;
}
