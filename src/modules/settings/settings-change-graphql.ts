import { builder } from '../../graphql/builder.ts';
import { eventSource } from '../../graphql/event-stream.ts';
import type { Scope } from '../../shell/scope.ts';
import { Settings } from './graphql.ts';

const SettingsChange = builder.objectRef<Scope>('SettingsChange').implement({
  fields: (t) => ({
    settings: t.field({
      type: Settings,
      description: 'As they are when this is sent.',
      resolve: ({ optionLayers, tenant }) => ({ layers: optionLayers, revision: tenant.settingsRevision }),
    }),
    revision: t.int({ resolve: ({ tenant }) => tenant.settingsRevision }),
  }),
});

builder.subscriptionField('settingsChanged', (t) =>
  t.field({
    type: SettingsChange,
    subGraphs: ['settings'],
    description:
      'Tells of changes of settings as they happen; of several at once only that there is a newer revision.',
    subscribe: (_root, _args, context) => {
      const { tenant, registration } = context.scope;
      let revision = tenant.settingsRevision;
      return eventSource<object>(context, ({ push }) =>
        registration.follow((now) => {
          if (now.settingsRevision <= revision) return;
          revision = now.settingsRevision;
          push({});
        }),
      );
    },
    resolve: (_event, _args, { scope }) => scope,
  }),
);
