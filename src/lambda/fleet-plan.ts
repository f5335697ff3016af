import { collectors } from '../account/collectors/index.ts';
import type { OrganizationAccount } from '../account/organization-accounts.ts';
import { splitCollection, type CollectionPart } from './collection-parts.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ReportStore } from '../publish/report-store.ts';

/** One run of the fleet: an account and a Region. The state machine hands it to the audit as it is. */
export interface FleetItem {
  readonly account: string;
  readonly name: string;
  readonly region: string;
  /** Region whose run speaks for the account's global resources. */
  readonly homeRegion: string;
  readonly time: string;
  /** Folder of this fleet run, below the store's prefix. */
  readonly folder: string;
  /** How the run is split where one function does not get through. */
  readonly groups: readonly CollectionPart[];
}

/** What the state machine knows of the plan: where the items are, not what they are. */
export interface FleetPlan {
  readonly time: string;
  readonly folder: string;
  /** Key in the bucket, prefix included. */
  readonly itemsKey: string;
  readonly items: number;
}

export interface FleetOptions {
  readonly accounts: readonly OrganizationAccount[];
  /** Account ids that are left out. */
  readonly except: readonly string[];
  readonly regions: readonly string[];
  readonly time: Date;
  readonly prefix: string;
}

/**
 * Writes the items of a fleet run: every account in every Region.
 * @throws HeadgateError `settings-invalid` where nothing is left to audit.
 */
export async function planFleet(options: FleetOptions, store: ReportStore): Promise<FleetPlan> {
  const { accounts, except, regions, time, prefix } = options;
  const folder = `fleet/${time.toISOString()}`;
  const [homeRegion = ''] = regions;
  const groups = splitCollection(collectors);
  const chosen = accounts.filter(({ account }) => !except.includes(account));
  const items: FleetItem[] = chosen.flatMap(({ account, name }) =>
    regions.map((region) => ({
      ...{ account, name, region, homeRegion, folder, groups },
      time: time.toISOString(),
    })),
  );
  if (items.length === 0)
    throw new HeadgateError(
      'settings-invalid',
      'The fleet has no account and Region to audit. Check the settings `accounts`, `except` and `regions`.',
    );
  // A run that is started again with its time has failed in nothing yet.
  for await (const failure of store.list(`${folder}/failures/`))
    await store.put(failure, 'null', 'application/json');
  const key = itemsKey(folder);
  await store.put(key, JSON.stringify(items), 'application/json');
  return { time: time.toISOString(), folder, itemsKey: `${prefix}${key}`, items: items.length };
}

/** Key of a fleet run's items, below the prefix. */
export function itemsKey(folder: string): string {
  return `${folder}/items.json`;
}
