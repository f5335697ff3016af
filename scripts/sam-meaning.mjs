// Compares why the official translator refuses a SAM template with why Headgate does: the resource and the
// event that are blamed, the kind of fault, the property that is named, and the place that is pointed at.

/**
 * Kinds of fault: by the official wording, and by ours. The first row that fits decides. What fits no row
 * has no kind, and agrees with nothing.
 */
const kinds = [
  ['id taken', /attempts to create a new resource with id/, /the template has one of that id/],
  ['lookup', /FindInMap expects/, /takes a list of three/],
  [
    'unknown name',
    /not defined for resource of type|not a supported property|Invalid value for 'Auth'|not a valid property for|Invalid key|Available .* fields are|Invalid gateway response parameter/,
    /has no property|is not a supported property|is not known$|is not a valid property|is not a (key|field) of|invalid gateway response parameter/,
  ],
  [
    'excluded together',
    /not both|can either define|cannot both|cannot be used together|Cannot specify .* together|cannot be set when|shouldn't be defined in|can not be true when/,
    /not both|cannot both|cannot be used together|cannot be specified together|cannot be given when|shouldn't be defined in|cannot be true where/,
  ],
  ['several', /multiple times|Multiple .* specified|only supports single/, /several|takes a single/],
  [
    'location',
    /not a valid S3 Uri|dynamic reference detected|requires Bucket and Key/,
    /not an S3 URI|dynamic reference|needs `Bucket` and `Key`/,
  ],
  [
    'document',
    /valid Swagger definition|Invalid OpenApi document|Could not find .* within DefinitionBody/,
    /valid (Swagger or )?OpenAPI definition|is not in `DefinitionBody`/,
  ],
  [
    'wrong place',
    /works only (with|within|when)|only supported|is not supported for|not supported or the template/,
    /works? only (with|when)|only supported|are only supported|is not supported/,
  ],
  ['permissions', /Unsupported 'Permissions'/, /unsupported `Permissions`/],
  [
    'dangling',
    /valid reference|must reference|Unable to find resource|n't defined in|was not defined in|does not define|does not specify|Unable to get (IAM|Lambda)|Cannot access application|when a DefaultAuthorizer on the API/,
    /valid reference|must reference|no resource|not defined in|not among|does not define|does not require|cannot be determined|cannot be found|only where the API has/,
  ],
  [
    'empty',
    /cannot be empty|must have at least one|Value for AllowedOrigins is required|Alias name is required/,
    /cannot be empty|must have at least one|needs a value for/,
  ],
  [
    'missing',
    /is required|Missing required|is missing|must be specified|must define|requires .* propert|requires 3 arguments|No .* (provided|specified)|must be set|can be set|must specify|Must provide|missing or invalid value for key/,
    /is required|missing|must be (given|specified)|needs?\b|has no `Type`|is not known; name|has neither|no `[^`]*` (are given|of a)|neither `[^`]*` nor|takes a condition/,
  ],
  [
    'type',
    /should be an? |must be an? |non-empty dictionary|must be a list|must be a string|must be of type|must be numeric|Type of property|invalid type|Invalid type|not a valid dictionary|has no attribute|must be either a string|Values must be an object|wrong format|expects all variables to be strings/,
    /should be |must be an? |must be the id|must be numeric|type of property|invalid type|wrong format|is not a string|takes a name or|as strings|value that is no map|neither a string nor/,
  ],
  [
    'value',
    /must be one of|only valid value|Invalid '|invalid '|is not one of|must be alphanumeric|Invalid property|supported values|cannot be named|Invalid value|is not valid|No additional configurations/,
    /one of|only valid value|is `[A-Z]+` or `|is String, Number|must be alphanumeric|supported values|cannot be named|invalid value|neither statements nor|letters, digits|no additional configurations/,
  ],
];

/** Kind of a fault by its wording; undefined where no row fits. */
function kindOf(text, side) {
  return kinds.find((row) => row[side].test(text))?.[0];
}

const starts = [
  'Resource with id \\[',
  'Event with id \\[',
  'Structure of the SAM template is invalid\\.',
  'Transforming resource with id \\[',
  "'Globals' section is invalid\\.",
];
const boundary = new RegExp(`(?=${starts.join('|')})`);

/** The causes that an official message lists: `{ resource, event, text, kind, names }`. */
export function officialCauses(message, template) {
  const body = message.replace(/^.*?Number of errors found: \d+\.\s*/s, '');
  const parts = [];
  for (const part of body.split(boundary).filter((each) => each.trim() !== '')) {
    const last = parts.at(-1);
    // `Resource with id [A] is invalid. Event with id [B] is invalid. ...` is one cause.
    if (last !== undefined && /^Resource with id \[[^\]]*\] is invalid\.\s*$/.test(last))
      parts[parts.length - 1] += part;
    else parts.push(part);
  }
  return parts.map((part) => officialCause(part.trim(), template));
}

function officialCause(part, template) {
  const [, transforming] = /^Transforming resource with id \[([^\]]*)\]/.exec(part) ?? [];
  const [, resource] = /Resource with id \[([^\]]*)\]/.exec(part) ?? [];
  const [, event] = /Event with id \[([^\]]*)\]/.exec(part) ?? [];
  const text = part
    .replace(/(Resource|Event) with id \[[^\]]*\] is invalid\.\s*/g, '')
    .replace(/^Structure of the SAM template is invalid\.\s*/, '');
  return {
    ...written(transforming ?? resource, event, template),
    text,
    kind: kindOf(text, 1),
    names: namesIn(text),
  };
}

/**
 * Generated ids (`<function><event>`, `<resource><connector>`) as the two names that they are made of. What
 * stands in place of an id and is none of the template blames nothing.
 */
function written(id, event, template) {
  const resources = template?.Resources ?? {};
  const whole = event ?? id;
  if (whole === undefined) return {};
  const owners = id !== undefined && Object.hasOwn(resources, id) ? [id] : Object.keys(resources);
  const owner = owners.find(
    (each) => hasPart(resources[each], whole.slice(each.length)) && whole.startsWith(each),
  );
  if (owner !== undefined) return { resource: owner, part: whole.slice(owner.length) };
  if (id === undefined || !(Object.hasOwn(resources, id) || isImplicit(id))) return {};
  return event === undefined ? { resource: id } : { resource: id, part: event };
}

const isImplicit = (id) => id === 'ServerlessRestApi' || id === 'ServerlessHttpApi';

/** True for an event or a connector of a resource. */
function hasPart(resource, name) {
  const parts = [resource?.Properties?.Events, resource?.Connectors];
  return parts.some((map) => typeof map === 'object' && map !== null && Object.hasOwn(map, name));
}

/** Names that the official messages spell in another way than the template does. */
const otherNames = { AllowedOrigins: 'AllowOrigin' };

/** Properties and names of the template that a message quotes or spells: their last parts. */
function namesIn(text) {
  if (/'NoneType' object has no attribute/.test(text)) return []; // a fault of the translator itself
  const quoted = [...text.matchAll(/'([A-Za-z0-9_.[\]]+)'/g)].map((match) => match[1]);
  const plain = text.replaceAll('<Authorizer>.', '').replace(/^Type of /, '');
  const spelt = plain.match(/\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\b|\b(?:Type|Tags|Identity)\b/g) ?? [];
  const lasts = [...quoted, ...spelt].map((name) =>
    name
      .replace(/\[\d+\]$/, '')
      .split('.')
      .at(-1),
  );
  return [...new Set(lasts)].filter((name) => name.length > 1).map((name) => otherNames[name] ?? name);
}

/** What one of our diagnostics blames: the resource, and the event or connector in it. */
export function ownCause({ message, location, severity }) {
  const [, resource, rest] = /^`([^`]*)`: (.*)$/s.exec(message) ?? [undefined, undefined, message];
  const [, kind, part, inner] = /^(event|connector) `([^`]*)`:? (.*)$/s.exec(rest) ?? [];
  const cause = { text: message, kind: kindOf(inner ?? rest, 2), location, severity };
  return { ...cause, resource, ...(kind === undefined ? {} : { part }) };
}

/**
 * Pairs official causes with ours. Resolves to what has no partner on either side, with the aspect in
 * which the nearest candidate differs.
 */
export function compareMeaning(message, diagnostics, parsed) {
  const official = officialCauses(message, parsed.root);
  const own = diagnostics.map(ownCause);
  const used = new Set();
  const missing = [];
  for (const cause of official) {
    const ranked = own
      .filter((each) => !used.has(each))
      .map((each) => ({ each, differs: aspects(cause, each, parsed) }))
      .sort((left, right) => left.differs.length - right.differs.length);
    const [best] = ranked;
    if (best?.differs.length === 0) used.add(best.each);
    else
      missing.push({
        official: cause.text,
        resource: cause.resource,
        nearest: best?.each.text,
        differs: best?.differs ?? ['nothing is said'],
      });
  }
  const extra = own.filter((each) => !used.has(each) && each.severity === 'error').map(({ text }) => text);
  return { causes: official.length, agreeing: official.length - missing.length, missing, extra };
}

/** In what two causes differ. Where the official message blames the template as a whole, ours may say more. */
function aspects(official, own, parsed) {
  const differs = [];
  if (official.resource !== undefined && official.resource !== own.resource) differs.push('resource');
  if (official.part !== undefined && official.part !== own.part) differs.push('event or connector');
  if (official.kind === undefined || official.kind !== own.kind)
    differs.push(`kind (${official.kind ?? 'none'} / ${own.kind ?? 'none'})`);
  const said = own.text.toLowerCase();
  const { names } = official;
  if (names.length > 0 && !names.some((name) => said.includes(name.toLowerCase()))) differs.push('name');
  if (!pointsInto(own, parsed)) differs.push('place');
  return differs;
}

/** True when a diagnostic stands within what it blames. */
function pointsInto({ resource, part, location }, parsed) {
  const written = parsed.root?.Resources?.[resource];
  if (location === undefined || written === undefined) return location !== undefined;
  const below = ['/Properties/Events', '/Connectors'].map((path) => `/Resources/${resource}${path}/${part}`);
  const pointer =
    part === undefined ? `/Resources/${resource}` : below.find((each) => isWritten(each, parsed));
  if (pointer === undefined) return false;
  const [key, value] = [parsed.locate(pointer, 'key'), parsed.locate(pointer, 'value')];
  return location.startLine >= key.startLine && location.startLine <= value.endLine;
}

function isWritten(pointer, { root }) {
  const path = pointer.split('/').slice(1);
  return path.reduce((at, key) => at?.[key], root) !== undefined;
}
