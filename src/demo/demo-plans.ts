import { atlas } from './atlas/atlas.ts';
import type { DemoPlan } from './demo-plan.ts';
import { mdn } from './mdn/mdn.ts';

/** Both demo tenants. They differ in modules, theme, locale and source on purpose. */
export const DEMO_PLANS: readonly DemoPlan[] = [mdn, atlas];
