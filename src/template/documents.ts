import { scalarText } from '../model/scalar-text.ts';
import { readRegularFile, UnreadableFileError } from '../files/read-regular-file.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import { isObjectValue, type ObjectValue, type Value } from '../model/value.ts';
import { toPointer } from '../model/location.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { findLocalAsset, type AssetPlace } from './local-assets.ts';
import { parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, setMember, type RawObject } from '../text/raw.ts';
import type { Stack } from './stack.ts';
import { hasSamTransform } from './transforms.ts';
import { concatenate, parseSub } from './strings.ts';

const sizeLimitBytes = 10 * 1024 * 1024;

/** Which property of a type names a document that lies beside the template. */
const documentProperties: ReadonlyMap<string, string> = new Map([
  ['AWS::StepFunctions::StateMachine', 'DefinitionS3Location'],
  ['AWS::Serverless::StateMachine', 'DefinitionUri'],
  ['AWS::ApiGateway::RestApi', 'BodyS3Location'],
  ['AWS::ApiGatewayV2::Api', 'BodyS3Location'],
  ['AWS::Serverless::Api', 'DefinitionUri'],
  ['AWS::Serverless::HttpApi', 'DefinitionUri'],
]);

/** Reads the documents that a stack's resources name and that lie at hand: resource id -> document. */
export async function addDocuments(stack: Stack, documents: Map<string, ObjectValue>): Promise<void> {
  for (const [logicalId, { raw }] of stack.written) {
    const property = documentProperties.get(scalarText(raw['Type']));
    if (property === undefined || stack.options.assets === undefined) continue;
    const included = includedBody(raw);
    const value = included ?? member(raw['Properties'], property);
    if (value === undefined) continue;
    const path = findLocalAsset(value, raw, stack.options.assets);
    if (path === undefined) continue;
    const document = await readDocument(path, stack.options.assets);
    if (document instanceof UnreadableFileError || document === undefined)
      stack.diagnostics.push(unreadable(stack, logicalId, property, document));
    else
      documents.set(
        `${stack.id}/${logicalId}`,
        resolveDocument(document, raw, stack, included !== undefined),
      );
  }
}

const samApis: ReadonlySet<unknown> = new Set(['AWS::Serverless::Api', 'AWS::Serverless::HttpApi']);

/**
 * A SAM template with the documents in it that its APIs include and that lie at hand. CloudFormation runs
 * the innermost macro first, so AWS::Serverless writes authorization and CORS into what was included
 * (CloudFormation user guide, "Macro evaluation order"; aws/aws-sam-cli issue 803).
 */
export async function withIncludedBodies(parsed: ParsedTemplate, place: AssetPlace): Promise<ParsedTemplate> {
  const { root } = parsed;
  if (root === undefined || !hasSamTransform(root)) return parsed;
  const bodies = new Map<string, RawObject>();
  for (const [logicalId, raw] of entriesOf(root['Resources'])) {
    if (!isRawObject(raw) || !samApis.has(raw['Type'])) continue;
    const path = findLocalAsset(includedBody(raw), raw, place);
    const document = path === undefined ? undefined : await readDocument(path, place);
    if (document !== undefined && !(document instanceof UnreadableFileError)) bodies.set(logicalId, document);
  }
  if (bodies.size === 0) return parsed;
  const resources = entriesOf(root['Resources']).map(([logicalId, raw]) => {
    const DefinitionBody = bodies.get(logicalId);
    if (DefinitionBody === undefined || !isRawObject(raw)) return [logicalId, raw];
    const written = isRawObject(raw['Properties']) ? raw['Properties'] : {};
    return [logicalId, { ...raw, Properties: { ...written, DefinitionBody } }];
  });
  return { ...parsed, root: { ...root, Resources: Object.fromEntries(resources) as RawObject } };
}

/** `Body` (`DefinitionBody` in SAM): `{Fn::Transform: {Name: AWS::Include, Parameters: {Location}}}`. */
function includedBody(raw: RawObject): unknown {
  const body = member(raw['Properties'], 'Body') ?? member(raw['Properties'], 'DefinitionBody');
  const transform = member(body, 'Fn::Transform');
  if (member(transform, 'Name') !== 'AWS::Include') return undefined;
  return member(member(transform, 'Parameters'), 'Location');
}

async function readDocument(
  path: string,
  { access }: AssetPlace,
): Promise<RawObject | UnreadableFileError | undefined> {
  try {
    return parseTemplateText(await readRegularFile(path, sizeLimitBytes, access), path).root;
  } catch (error) {
    if (error instanceof UnreadableFileError) return error;
    throw error;
  }
}

/** An included document's intrinsics are CloudFormation's; a state machine has its own substitutions. */
function resolveDocument(
  document: RawObject,
  raw: RawObject,
  stack: Stack,
  isIncluded: boolean,
): ObjectValue {
  if (isIncluded) {
    const value = stack.resolver.resolve(document);
    return isObjectValue(value) ? value : {};
  }
  const substitutions = new Map<string, Value>();
  for (const [name, written] of entriesOf(member(raw['Properties'], 'DefinitionSubstitutions'))) {
    const value = stack.resolver.resolve(written);
    if (value !== undefined) substitutions.set(name, value);
  }
  if (substitutions.size === 0) return document as ObjectValue; // plain parsed JSON
  return substituteTree(document, substitutions) as ObjectValue; // an object stays one
}

function substituteTree(raw: unknown, values: ReadonlyMap<string, Value>): Value {
  if (typeof raw === 'string') return raw.includes('${') ? substituteText(raw, values) : raw;
  if (Array.isArray(raw)) return raw.map((item) => substituteTree(item, values));
  if (!isRawObject(raw)) return raw as Value; // number, boolean or null
  const copy: Record<string, Value> = {};
  for (const [key, value] of Object.entries(raw)) setMember(copy, key, substituteTree(value, values));
  return copy;
}

/** Names that have no substitution stay as they are: they may be the state machine's own syntax. */
function substituteText(text: string, values: ReadonlyMap<string, Value>): Value {
  return concatenate(
    parseSub(text).map((piece) =>
      typeof piece === 'string' ? piece : (values.get(piece.name) ?? `\${${piece.name}}`),
    ),
  );
}

function unreadable(
  stack: Stack,
  logicalId: string,
  property: string,
  error: UnreadableFileError | undefined,
): SourceDiagnostic {
  const why = error?.message ?? 'it is not well-formed';
  const type = scalarText(stack.written.get(logicalId)?.raw['Type']);
  const message = `the document that \`${property}\` of \`${logicalId}\` names cannot be read: ${why}`;
  const pointer = toPointer(['Resources', logicalId, 'Properties', property]);
  return templateDiagnostic(stack.parsed, pointer, {
    code: 'document-unreadable',
    severity: 'warning',
    message,
    affects: [type],
  });
}
