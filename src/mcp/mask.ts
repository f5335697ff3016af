import type { SourceReading } from '../model/source.ts';
import { holdsSecret } from '../model/secret-properties.ts';
import { SecretTexts } from '../model/secret-texts.ts';
import { isArrayValue, isObjectValue, type Path, type Value } from '../model/value.ts';

/** Shorter values of properties that hold secrets are settings such as `prod`, which stand in templates everywhere. */
const shortest = 8;

/** Takes the secrets of a reading out of its text: values of `NoEcho` parameters, and of properties that hold secrets. */
export function maskOf({ resources }: SourceReading): (text: string) => string {
  const own = new SecretTexts();
  const names = new Set(resources.map(({ logicalId }) => logicalId));
  for (const { type, properties } of resources)
    collect(properties, type, [], (text) => {
      if (text.length >= shortest && !names.has(text)) own.add(text);
    });
  const marked = new Set(resources.flatMap(({ secrets }) => secrets ?? []));
  return (text) => [own, ...marked].reduce((shown, secrets) => secrets.withhold(shown), text);
}

function collect(value: Value, type: string, path: Path, found: (text: string) => void): void {
  if (typeof value === 'string') {
    if (holdsSecret(type, path)) found(value);
  } else if (isArrayValue(value))
    value.forEach((item, index) => {
      collect(item, type, [...path, index], found);
    });
  else if (isObjectValue(value))
    for (const [name, item] of Object.entries(value)) collect(item, type, [...path, name], found);
}
