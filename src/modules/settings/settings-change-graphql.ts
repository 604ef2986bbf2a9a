import { builder } from '../../graphql/builder.ts';
import { eventSource, eventsMissed } from '../../graphql/event-stream.ts';
import type { Scope } from '../../shell/scope.ts';
import { Settings } from './graphql.ts';

const SettingsChange = builder.objectRef<Scope>('SettingsChange').implement({
  fields: (t) => ({
    settings: t.field({
      type: Settings,
      description: 'As they are when this is sent.',
      resolve: ({ optionLayers, tenant }) => ({ layers: optionLayers, revision: tenant.settingsRevision }),
    }),
    revision: t.int({
      description: "Of the tenant's own settings; those of an application tenant do not count in it.",
      resolve: ({ tenant }) => tenant.settingsRevision,
    }),
  }),
});

builder.subscriptionField('settingsChanged', (t) =>
  t.field({
    type: SettingsChange,
    subGraphs: ['settings'],
    description:
      "Tells of changes of the caller's settings as they happen; of several at once only that there was one. To a caller of an application tenant those are the tenant's and its own.",
    subscribe: (_root, _args, context) => {
      const { scope } = context;
      const { tenant, registration } = scope;
      let revision = tenant.settingsRevision;
      return eventSource<object>(context, async ({ push, end }) => {
        const stop = registration.follow((now) => {
          if (now.settingsRevision <= revision) return;
          revision = now.settingsRevision;
          push({});
        });
        try {
          const stopNarrower = await scope.followNarrowerOptions({
            onChange: () => push({}),
            onGap: () => end(eventsMissed()),
          });
          return () => {
            stop();
            stopNarrower();
          };
        } catch (error) {
          stop();
          throw error;
        }
      });
    },
    resolve: (_event, _args, { scope }) => scope,
  }),
);
