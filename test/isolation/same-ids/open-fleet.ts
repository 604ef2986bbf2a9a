import type { PlacementMode } from '../../../src/tenancy/tenant.ts';
import { addSecondCluster, SECOND, type TestGateway } from '../../support/gateway.ts';
import { canaryOf } from './canaries.ts';
import { openCopy, openWorld, type World } from './world.ts';

/** Tenants made at once. */
const AT_ONCE = 4;

/** How ten tenants in a row are placed. */
const MODES: readonly PlacementMode[] = [
  ...Array.from({ length: 6 }, () => 'DATABASE' as const),
  ...Array.from({ length: 3 }, () => 'PREFIXED' as const),
  'DEDICATED',
];

/** Makes tenants that hold the very same object ids, each under texts of its own, on both servers, in every mode. */
export async function openFleet(gateway: TestGateway, count: number): Promise<World[]> {
  await addSecondCluster(gateway);
  const place = (index: number) => ({
    mode: MODES[index % MODES.length] ?? 'DATABASE',
    cluster: index % 2 === 0 ? 'default' : SECOND,
  });
  const first = await openWorld(gateway, canaryOf(0), place(0));
  const worlds: World[] = [first];
  let next = 1;
  const work = async () => {
    while (next < count) {
      const index = next++;
      worlds[index] = await openCopy(gateway, first, canaryOf(index), place(index));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return worlds;
}
