import { scalarText } from '../model/scalar-text.ts';
import { isRawObject, member } from '../text/raw.ts';
import { asMap } from './check-properties.ts';
import type { GraphqlParts } from './graphql-parts.ts';
import { SamProblem } from './problem.ts';
import { getAtt, isGiven, isTruthy, listOf, pick, present, type Tree } from './tree.ts';

/** What a pipeline runs that has no code of its own. */
const defaultCode = `
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
`;

/** Functions and resolvers of a GraphQL API. */
export class GraphqlFunctions {
  readonly #functionIds = new Map<string, unknown>();
  #noneSource: string | undefined;

  constructor(
    readonly parts: GraphqlParts,
    readonly sources: ReadonlyMap<string, string>,
  ) {}

  expand(): void {
    const { Functions, Resolvers } = this.parts.resource.properties;
    for (const [name, written] of Object.entries(isGiven(Functions) ? asMap(Functions, 'Functions') : {})) {
      this.#function(name, asMap(written, `Functions.${name}`));
    }
    for (const [type, fields] of Object.entries(isGiven(Resolvers) ? asMap(Resolvers, 'Resolvers') : {})) {
      for (const [field, written] of Object.entries(asMap(fields, `Resolvers.${type}`))) {
        this.#resolver(type, field, isGiven(written) ? asMap(written, `Resolvers.${type}.${field}`) : {});
      }
    }
  }

  #function(name: string, written: Tree): void {
    if (isTruthy(written['Id'])) {
      this.#functionIds.set(name, written['Id']);
      return;
    }
    const path = ['Functions', name];
    const { emit, apiId } = this.parts;
    if (!isGiven(written['Runtime'])) throw new SamProblem(`\`Functions.${name}.Runtime\` is required`, path);
    const code = codeOf(written, path);
    if (code === undefined)
      throw new SamProblem(`function \`${name}\` needs \`CodeUri\` or \`InlineCode\``, path);
    const id = emit(
      name,
      'AWS::AppSync::FunctionConfiguration',
      {
        ApiId: apiId,
        ...code,
        DataSourceName: this.#dataSource(written['DataSource'], path),
        Name: written['Name'] ?? name,
        Runtime: runtimeOf(written['Runtime']),
        ...pick(written, ['Description', 'MaxBatchSize']),
        SyncConfig: written['Sync'],
      },
      path,
    );
    this.#functionIds.set(name, getAtt(id, 'FunctionId'));
  }

  #dataSource(written: unknown, path: readonly string[]): unknown {
    if (typeof written !== 'string') {
      if (isGiven(written)) return written;
      throw new SamProblem('`DataSource` is required for a function', path);
    }
    const known = this.sources.get(written);
    if (known !== undefined) return getAtt(known, 'Name');
    if (written.toLowerCase() !== 'none') {
      throw new SamProblem(
        `\`DataSource\` names \`${written}\`, which is not among the \`DataSources\``,
        path,
      );
    }
    this.#noneSource ??= this.#emitNone(path);
    return getAtt(this.#noneSource, 'Name');
  }

  #emitNone(path: readonly string[]): string {
    const { emit, apiId, resource } = this.parts;
    const properties = { ApiId: apiId, Name: `${resource.id}NoneDataSource`, Type: 'NONE' };
    return emit('NoneDataSource', 'AWS::AppSync::DataSource', properties, path);
  }

  #resolver(type: string, field: string, written: Tree): void {
    const { emit, apiId, resource } = this.parts;
    const path = ['Resolvers', type, field];
    const pipeline = listOf(written['Pipeline']).map((name) => this.#functionId(name, path));
    if (pipeline.length === 0)
      throw new SamProblem(`resolver \`${field}\` needs a \`Pipeline\` of functions`, path);
    const given = written['Runtime'];
    const code = codeOf(written, path);
    emit(
      type + field,
      'AWS::AppSync::Resolver',
      {
        ApiId: apiId,
        ...(code ?? { Code: defaultCode }),
        CachingConfig: written['Caching'],
        FieldName: written['FieldName'] ?? field,
        Kind: 'PIPELINE',
        ...pick(written, ['MaxBatchSize']),
        PipelineConfig: { Functions: pipeline },
        Runtime: isGiven(given) ? runtimeOf(given) : { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
        TypeName: type,
      },
      path,
      { DependsOn: [`${resource.id}Schema`] },
    );
  }

  #functionId(name: unknown, path: readonly string[]): unknown {
    const known = this.#functionIds.get(scalarText(name));
    if (known !== undefined) return known;
    throw new SamProblem(
      `the pipeline names \`${scalarText(name)}\`, which is not among the \`Functions\``,
      path,
    );
  }
}

function codeOf(written: Tree, path: readonly string[]): Tree | undefined {
  const { CodeUri, InlineCode } = written;
  if (isTruthy(CodeUri) && isTruthy(InlineCode)) {
    throw new SamProblem('give either `CodeUri` or `InlineCode`, not both', path);
  }
  if (isTruthy(InlineCode)) return { Code: InlineCode };
  return isTruthy(CodeUri) ? { CodeS3Location: CodeUri } : undefined;
}

function runtimeOf(written: unknown): Tree {
  const version = member(written, 'Version');
  return present({ Name: isRawObject(written) ? written['Name'] : undefined, RuntimeVersion: version });
}
