import { isRawObject, member } from '../text/raw.ts';
import type { PlanDocument } from './plan-document.ts';
import { referencesIn } from './references.ts';

/**
 * The Region of a provider's configuration, where it is written out or a variable of the root module; undefined
 * where only the environment tells. `key` is one of `provider_config`: `aws`, `aws.use1`, `module.api:aws`.
 */
export function providerRegion({ providers, variables }: PlanDocument, key: string): string | undefined {
  const config = providers[key] ?? providers[key.slice(key.lastIndexOf(':') + 1)];
  if (!isRawObject(config)) return undefined;
  const region = member(config['expressions'], 'region');
  const constant = member(region, 'constant_value');
  if (typeof constant === 'string') return constant;
  const [only, ...others] = referencesIn(region);
  const name = typeof only === 'string' ? /^var\.([\w-]+)$/.exec(only)?.[1] : undefined;
  const value = name === undefined || others.length > 0 ? undefined : variables.get(name);
  return typeof value === 'string' ? value : undefined;
}
