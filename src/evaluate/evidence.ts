import type { Location, PositionLookup } from '../model/location.ts';
import type { Resource } from '../model/resource.ts';
import type { Evidence, Verdict } from '../model/scan-result.ts';
import { describeSecret, describeShown } from '../model/shown-value.ts';
import { PartialString, type Path, type Value } from '../model/value.ts';
import { credentialIn, credentialShape } from './credentials.ts';
import type { Context, Observation } from './node.ts';
import { isUnknown } from '../model/truth.ts';

const shownAtMost = 8;

/** The observations that a verdict rests on, as evidence; secrets are never shown. */
export function evidenceOf(verdict: Verdict, context: Context, positions: PositionLookup): Evidence[] {
  return telling(verdict, context.observations)
    .slice(0, shownAtMost)
    .map((observation) => toEvidence(observation, context, positions));
}

// What decided comes first: the failed leaves of a fail, the unknown ones of an unknown.
function telling(verdict: Verdict, observations: readonly Observation[]): Observation[] {
  const decisive = observations.filter(({ holds }) =>
    verdict === 'pass' ? holds === true : verdict === 'fail' ? holds === false : isUnknown(holds),
  );
  return decisive.length > 0 ? decisive : [...observations];
}

function toEvidence(observation: Observation, context: Context, positions: PositionLookup): Evidence {
  const { node, path, value, expected, holds, text } = observation;
  const place = path.length === 0 ? '' : `${path.join('.')} of `;
  const location = positions(node.resource.locate(path));
  const { resource } = node;
  const shown = (words: string): string => resource.secrets?.withhold(words) ?? words;
  return {
    what: shown(text ?? `${place}${resource.name}`),
    value: withoutCredentials(
      value,
      describeShown(value, { type: resource.type, secrets: resource.secrets, path }),
      path,
      context,
    ),
    expected: shown(expected),
    holds: isUnknown(holds) ? 'unknown' : holds,
    source: sourceOf(observation),
    ...(location === undefined ? {} : { location }),
  };
}

// What looks like a credential is none of a property's business, wherever it stands.
function withoutCredentials(value: Value | undefined, shown: string, path: Path, context: Context): string {
  const { credentials } = context.data;
  const name = String(path.findLast((step) => typeof step === 'string') ?? '');
  const isCredential = typeof credentialIn(name, value, { data: credentials }) === 'string';
  if (isCredential && typeof value === 'string') return describeSecret(value);
  const carries =
    credentialShape(shown, credentials) !== undefined || (isCredential && value instanceof PartialString);
  return carries ? '(redacted)' : shown;
}

function sourceOf({ node, source }: Observation): string {
  if (node.resource.declaredBecause !== undefined) return `declared: ${node.resource.declaredBecause}`;
  if (source !== undefined) return source;
  const { account, stack, logicalId, generated, type } = node.resource;
  const isWritten = stack !== undefined || logicalId !== undefined || generated === true;
  return account !== undefined && !isWritten && type !== 'Headgate::Template' ? 'account' : 'template';
}

/** The smallest place that a reader must look at: the decisive property of the resource itself, else the resource. */
export function placeOf(
  verdict: Verdict,
  context: Context,
  resource: Resource,
  positions: PositionLookup,
): Location | undefined {
  const paths = telling(verdict, context.observations)
    .filter(({ node, path }) => node.resource === resource && path.length > 0)
    .map(({ path }) => path);
  return positions(resource.locate(verdict === 'notApplicable' ? [] : sharedPath(paths)));
}

// Where members of one list were weighed, none of them alone decided: the list is the place.
function sharedPath([first = [], ...others]: readonly Path[]): Path {
  const differs = others.map((path) => first.findIndex((step, index) => step !== path[index]));
  const lists = differs.filter(
    (at, index) => typeof first[at] === 'number' && typeof others[index]?.[at] === 'number',
  );
  return first.slice(0, Math.min(first.length, ...lists));
}
