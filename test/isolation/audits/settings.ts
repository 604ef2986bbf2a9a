import type { ModuleAudits } from '../kit/module-audits.ts';

/** A tenant has one set of settings; nothing of it can be named. */
export const settings: ModuleAudits = {
  module: 'settings',
  canaries: {},
  events: {
    async settingsChanged({ mutate, marker, fresh }) {
      const host = `${marker}-${fresh()}.example`;
      await mutate(
        'updateSettings',
        { theme: { logoUrl: `https://${host}/logo.svg` } },
        'settings { revision }',
      );
      return host;
    },
  },
};
