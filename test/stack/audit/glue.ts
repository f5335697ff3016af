/** The two calls to Glue that the tests make; its SDK client is no dependency of the project. */
export class Glue {
  private readonly endpoint: string;
  private readonly region: string;

  constructor({ endpoint, region }: { readonly endpoint: string; readonly region: string }) {
    this.endpoint = endpoint;
    this.region = region;
  }

  async createTable(database: string, table: string): Promise<void> {
    await this.call('CreateDatabase', { DatabaseInput: { Name: database } });
    const PartitionKeys = ['date', 'account', 'region'].map((Name) => ({ Name, Type: 'string' }));
    await this.call('CreateTable', { DatabaseName: database, TableInput: { Name: table, PartitionKeys } });
  }

  /** Values of every partition. */
  async partitions(database: string, table: string): Promise<readonly (readonly string[])[]> {
    const { Partitions } = (await this.call('GetPartitions', {
      DatabaseName: database,
      TableName: table,
    })) as {
      Partitions: readonly { Values: string[] }[];
    };
    return Partitions.map(({ Values }) => Values);
  }

  private async call(operation: string, input: object): Promise<unknown> {
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': `AWSGlue.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
        authorization: `AWS4-HMAC-SHA256 Credential=testing/20261123/${this.region}/glue/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify(input),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${operation}: ${text.slice(0, 300)}`);
    return text === '' ? {} : JSON.parse(text);
  }
}
