import { lookup } from '../model/lookup.ts';
import { isRawObject, member } from '../text/raw.ts';
import type { SamContext } from './context.ts';
import { SamProblem } from './problem.ts';
import { getAtt, isGiven, isTruthy, listOf, namedResource, ref, type Tree } from './tree.ts';

const expandedTypes: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::Api': 'AWS::ApiGateway::RestApi',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
};

/** Types whose `Ref` is their ARN; the others have an attribute. */
const arnIsRef: ReadonlySet<string> = new Set(['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine']);
const roleProperties: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'Role',
  'AWS::StepFunctions::StateMachine': 'RoleArn',
  'AWS::AppSync::DataSource': 'ServiceRoleArn',
};
const apiTypes: ReadonlySet<string> = new Set(['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']);

/** One side of a connector: a resource of the template, or what is said of one outside of it. */
export class ConnectorEnd {
  readonly id: string | undefined;
  /** Type that CloudFormation makes of it. */
  readonly type: string;
  readonly writtenType: string;
  readonly #written: Tree;

  constructor(
    written: unknown,
    readonly side: 'Source' | 'Destination',
    readonly context: SamContext,
  ) {
    if (!isRawObject(written)) throw new SamProblem(`\`${side}\` should be a map`, [side]);
    this.#written = written;
    this.id = this.#readId(written);
    const type = this.id === undefined ? this.#givenType(written) : this.#typeOf(this.id);
    this.type = lookup(expandedTypes, type) ?? type;
    this.writtenType = this.id === undefined ? this.type : type;
  }

  #readId(written: Tree): string | undefined {
    const { Id, Type } = written;
    if (isGiven(Type) && !isTruthy(Id)) return undefined;
    if (typeof Id !== 'string' || Id === '') {
      const what = Object.hasOwn(written, 'Id') || Object.keys(written).length === 0 ? 'Id' : 'Type';
      throw new SamProblem(`\`${what}\` of \`${this.side}\` is missing or not a string`, [this.side]);
    }
    const others = Object.keys(written).filter((name) => name !== 'Id' && name !== 'Qualifier');
    if (others.length > 0) {
      throw new SamProblem(
        `\`${this.side}\` must have \`Id\` (with \`Qualifier\`, if need be) or a supported combination of other properties`,
        [this.side],
      );
    }
    return Id;
  }

  #givenType(written: Tree): string {
    if (typeof written['Type'] === 'string') return written['Type'];
    throw new SamProblem(`\`Type\` of \`${this.side}\` is missing or not a string`, [this.side]);
  }

  #typeOf(id: string): string {
    const raw = member(this.context.root['Resources'], id) ?? this.#resource(id);
    if (!isRawObject(raw))
      throw new SamProblem(`there is no resource \`${id}\` in the template`, [this.side]);
    const type = raw['Type'];
    if (typeof type === 'string') return type;
    throw new SamProblem(`\`Type\` of resource \`${id}\` is missing or not a string`, [this.side]);
  }

  #resource(id: string): unknown {
    return this.context.output.get(id) ?? this.context.resources.get(id);
  }

  /** `Arn`, `ResourceId`, `Name`, `Qualifier`, `QueueUrl`. @throws SamProblem where it is not known. */
  value(name: string, ends: { readonly Source: ConnectorEnd; readonly Destination: ConnectorEnd }): unknown {
    const given = this.#written[name];
    if (isTruthy(given)) return given;
    const known = this.id === undefined ? this.#default(name) : this.#own(this.id, name);
    if (known !== undefined) return known;
    const pair = `${ends.Source.type} to ${ends.Destination.type}`;
    if (this.type === 'AWS::Lambda::Function' && name === 'Arn')
      throw new SamProblem(
        `the ARN of the Lambda function of \`${this.side}\` cannot be determined from it`,
        [this.side],
      );
    throw new SamProblem(`\`${this.side}.${name}\` is missing for the connector from ${pair}`, [this.side]);
  }

  #default(name: string): unknown {
    return name === 'Qualifier' && apiTypes.has(this.type) ? '*' : undefined;
  }

  #own(id: string, name: string): unknown {
    switch (name) {
      case 'Arn':
        return arnIsRef.has(this.type) ? ref(id) : getAtt(id, 'Arn');
      case 'ResourceId':
        return this.type === 'AWS::AppSync::GraphQLApi' ? getAtt(id, 'ApiId') : ref(id);
      case 'Name':
        return this.type === 'AWS::StepFunctions::StateMachine' ? getAtt(id, 'Name') : ref(id);
      case 'QueueUrl':
        return ref(id);
      default:
        return this.#default(name);
    }
  }

  /** Name of the role that this side acts with. `other` is what a rule's target leads to. */
  roleName(other: ConnectorEnd): unknown {
    const given = this.#written['RoleName'];
    if (isTruthy(given)) return given;
    const properties = this.id === undefined ? undefined : member(this.#resource(this.id), 'Properties');
    const role =
      this.type === 'AWS::Events::Rule'
        ? ruleRole(properties, other)
        : member(properties, lookup(roleProperties, this.type) ?? '');
    const id = namedResource(role);
    if (id === undefined) {
      throw new SamProblem(
        `the name of the IAM role of the \`${this.side}\` resource cannot be determined from it`,
        [this.side],
      );
    }
    return ref(id);
  }
}

function ruleRole(properties: unknown, other: ConnectorEnd): unknown {
  const targets = listOf(member(properties, 'Targets'));
  const found = targets.find((target) => namedResource(member(target, 'Arn')) === other.id);
  return member(found, 'RoleArn');
}
