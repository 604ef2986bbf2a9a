import { builder } from '../../graphql/builder.ts';
import { UserErrorObject, withUserErrors } from '../../graphql/user-errors.ts';
import { effectiveSetting, settingOrigin, SETTING_PATHS, type SettingPath } from '../../tenancy/settings.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import { resetSetting, updateSettings } from './service.ts';

const SettingOriginEnum = builder.enumType('SettingOrigin', {
  description: 'Where a value comes from; the narrower one wins.',
  values: ['PLATFORM', 'TENANT', 'APPLICATION_TENANT'] as const,
});

const OriginOfSetting = builder
  .objectRef<{ tenant: Tenant; path: SettingPath }>('OriginOfSetting')
  .implement({
    fields: (t) => ({
      path: t.exposeString('path', { description: 'For example `theme.primaryColor`.' }),
      origin: t.field({
        type: SettingOriginEnum,
        resolve: ({ tenant, path }) => settingOrigin(tenant.settings, path),
      }),
    }),
  });

const Theme = builder.objectRef<Tenant>('Theme').implement({
  fields: (t) => ({
    primaryColor: t.string({ resolve: ({ settings }) => effectiveSetting(settings, 'theme.primaryColor') }),
    accentColor: t.string({ resolve: ({ settings }) => effectiveSetting(settings, 'theme.accentColor') }),
    logoUrl: t.string({
      nullable: true,
      resolve: ({ settings }) => effectiveSetting(settings, 'theme.logoUrl'),
    }),
  }),
});

const Options = builder.objectRef<Tenant>('Options').implement({
  fields: (t) => ({
    publicContent: t.boolean({
      description: 'Whether anonymous callers may read published content.',
      resolve: ({ settings }) => effectiveSetting(settings, 'options.publicContent'),
    }),
    corsOrigins: t.stringList({
      description: 'Origins whose pages may call this endpoint; `*` is any, without credentials.',
      resolve: ({ settings }) => effectiveSetting(settings, 'options.corsOrigins'),
    }),
    accessTokenLifetimeSeconds: t.int({
      resolve: ({ settings }) => effectiveSetting(settings, 'options.accessTokenLifetimeSeconds'),
    }),
  }),
});

const Settings = builder.objectRef<Tenant>('Settings').implement({
  description: "The values in force: the tenant's own, else the platform's.",
  fields: (t) => ({
    theme: t.field({ type: Theme, resolve: (tenant) => tenant }),
    locale: t.string({
      description: 'BCP 47',
      resolve: ({ settings }) => effectiveSetting(settings, 'locale'),
    }),
    timezone: t.string({
      description: 'IANA',
      resolve: ({ settings }) => effectiveSetting(settings, 'timezone'),
    }),
    options: t.field({ type: Options, resolve: (tenant) => tenant }),
    origins: t.field({
      type: [OriginOfSetting],
      description: 'Where each value comes from.',
      resolve: (tenant) => SETTING_PATHS.map((path) => ({ tenant, path })),
    }),
    revision: t.exposeInt('settingsRevision', { description: 'Grows with every change.' }),
  }),
});

builder.queryField('settings', (t) =>
  t.field({
    type: Settings,
    nullable: true,
    subGraphs: ['settings'],
    resolve: (_root, _args, { scope }) => scope.tenant,
  }),
);

const ThemeInput = builder.inputType('ThemeInput', {
  fields: (t) => ({ primaryColor: t.string(), accentColor: t.string(), logoUrl: t.string() }),
});

const OptionsInput = builder.inputType('OptionsInput', {
  fields: (t) => ({
    publicContent: t.boolean(),
    corsOrigins: t.stringList(),
    accessTokenLifetimeSeconds: t.int(),
  }),
});

builder.relayMutationField(
  'updateSettings',
  {
    inputFields: (t) => ({
      theme: t.field({ type: ThemeInput }),
      locale: t.string(),
      timezone: t.string(),
      options: t.field({ type: OptionsInput }),
      expectedRevision: t.int({ description: 'Answers CONFLICT when the settings are at another one.' }),
    }),
  },
  {
    subGraphs: ['settings'],
    nullable: true,
    description: 'Sets the values that are given and leaves the others as they are.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ settings: await updateSettings(scope, input) })),
  },
  {
    outputFields: (t) => ({
      settings: t.field({ type: Settings, nullable: true, resolve: ({ settings }) => settings ?? null }),
      userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);

builder.relayMutationField(
  'resetSetting',
  {
    inputFields: (t) => ({
      path: t.string({ required: true, description: 'For example `theme.primaryColor`.' }),
      expectedRevision: t.int(),
    }),
  },
  {
    subGraphs: ['settings'],
    nullable: true,
    description: "Forgets the tenant's own value, so that the platform's counts again.",
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ settings: await resetSetting(scope, input) })),
  },
  {
    outputFields: (t) => ({
      settings: t.field({ type: Settings, nullable: true, resolve: ({ settings }) => settings ?? null }),
      userErrors: t.field({ type: [UserErrorObject], resolve: ({ userErrors }) => userErrors }),
    }),
  },
);
