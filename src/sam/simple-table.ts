import { scalarText } from '../model/scalar-text.ts';
import { asMap, checkProperties } from './check-properties.ts';
import { ownAttributes, type SamContext, type SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { isGiven, isTruthy, pick, present, tagList, type Tree } from './tree.ts';

const attributeTypes: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };

/** AWS::Serverless::SimpleTable: a table with one key. */
export function expandSimpleTable(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  const key = primaryKey(properties['PrimaryKey']);
  const throughput = properties['ProvisionedThroughput'];
  const table = {
    Type: 'AWS::DynamoDB::Table',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, ['TableName', 'SSESpecification', 'PointInTimeRecoverySpecification']),
      AttributeDefinitions: [{ AttributeName: key.name, AttributeType: key.type }],
      KeySchema: [{ AttributeName: key.name, KeyType: 'HASH' }],
      ProvisionedThroughput: isTruthy(throughput) ? throughput : undefined,
      BillingMode: isTruthy(throughput) ? undefined : 'PAY_PER_REQUEST',
      Tags: isTruthy(properties['Tags']) ? tagList(properties['Tags']) : undefined,
    }),
  };
  context.emit(id, table, { id, direct: true });
}

function primaryKey(written: unknown): { name: unknown; type: unknown } {
  if (!isTruthy(written)) return { name: 'id', type: 'S' };
  const key: Tree = asMap(written, 'PrimaryKey');
  for (const name of ['Name', 'Type']) {
    if (!isGiven(key[name]))
      throw new SamProblem(`property \`PrimaryKey.${name}\` is required`, ['PrimaryKey']);
  }
  const type = attributeTypes[scalarText(key['Type'])];
  if (type === undefined) {
    throw new SamProblem(
      `\`Type\` of \`PrimaryKey\` is String, Number or Binary, not \`${JSON.stringify(key['Type'])}\``,
      ['PrimaryKey', 'Type'],
    );
  }
  return { name: key['Name'], type };
}
