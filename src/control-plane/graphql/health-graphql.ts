import { platformBuilder } from './builder.ts';

const HealthStatus = platformBuilder.enumType('HealthStatus', { values: ['UP', 'DOWN'] as const });

/** Longest the control database may take to answer, in milliseconds. */
const PING_MS = 2_000;

const Health = platformBuilder.objectRef<{ status: 'UP' | 'DOWN' }>('Health').implement({
  fields: (t) => ({ status: t.expose('status', { type: HealthStatus }) }),
});

platformBuilder.queryField('health', (t) =>
  t.field({
    type: Health,
    description: 'Whether the control database answers.',
    resolve: async (_root, _args, { platform }) => {
      const isUp = await platform.control.ping(PING_MS).then(
        () => true,
        () => false,
      );
      return { status: isUp ? ('UP' as const) : ('DOWN' as const) };
    },
  }),
);
