import type { ModuleAudits } from '../kit/module-audits.ts';

/** A tenant has one set of settings; nothing of it can be named. */
export const settings: ModuleAudits = { module: 'settings', canaries: {} };
