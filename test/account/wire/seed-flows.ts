import { seedApiFlow } from './seed-api-flow.ts';
import { seedBatchFlow } from './seed-batch-flow.ts';
import { seedEventsFlow } from './seed-events-flow.ts';
import { seedFoundation } from './seed-foundation.ts';
import type { Wire } from './seed.ts';
import { Seeding } from './seeding.ts';

/**
 * Makes the three flows in one account: as the diagrams have them, or as nobody should. Answers the calls that
 * the endpoint refused.
 */
export async function seedFlows(wire: Wire, account: string, isSound: boolean): Promise<readonly string[]> {
  const seeding = new Seeding(wire, account, isSound);
  const network = await seedFoundation(seeding);
  const httpApi = await seedApiFlow(seeding, network);
  await seedEventsFlow(seeding, network);
  await seedBatchFlow(seeding, network, httpApi);
  return seeding.refused;
}
