import { builder } from '../../graphql/builder.ts';
import { nounPayload } from '../../graphql/payload.ts';
import { EXPECTED_REVISION_DESCRIPTION } from '../../graphql/revision.ts';
import { withUserErrors } from '../../graphql/user-errors.ts';
import {
  declaredOptions,
  type Option,
  OPTION_ORIGINS,
  type OptionLayers,
  optionOrigin,
} from '../../tenancy/option.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import { optionFields, optionInputs, type OptionsView } from './option-fields-graphql.ts';
import { resetSetting, updateSettings } from './service.ts';

const SettingOriginEnum = builder.enumType('SettingOrigin', {
  description: 'Where a value comes from; the narrower one wins.',
  values: OPTION_ORIGINS,
});

const OriginOfSetting = builder
  .objectRef<{ option: Option; layers: OptionLayers }>('OriginOfSetting')
  .implement({
    fields: (t) => ({
      path: t.string({
        description: 'For example `theme.primaryColor`.',
        resolve: ({ option }) => option.path,
      }),
      origin: t.field({
        type: SettingOriginEnum,
        resolve: ({ option, layers }) => optionOrigin(option, layers),
      }),
    }),
  });

const Theme = builder.objectRef<OptionsView>('Theme').implement({ fields: (t) => optionFields(t, 'theme') });

const Options = builder
  .objectRef<OptionsView>('Options')
  .implement({ fields: (t) => optionFields(t, 'options') });

interface SettingsView extends OptionsView {
  revision: number;
}

export const Settings = builder.objectRef<SettingsView>('Settings').implement({
  description: "The values in force: the tenant's own, else the platform's.",
  fields: (t) => ({
    ...optionFields(t),
    theme: t.field({ type: Theme, resolve: (view) => view }),
    options: t.field({ type: Options, resolve: (view) => view }),
    origins: t.field({
      type: [OriginOfSetting],
      description: 'Where each value comes from.',
      resolve: ({ layers }) => declaredOptions().map((option) => ({ option, layers })),
    }),
    revision: t.exposeInt('revision', { description: 'Grows with every change.' }),
  }),
});

builder.queryField('settings', (t) =>
  t.field({
    type: Settings,
    nullable: true,
    subGraphs: ['settings'],
    resolve: (_root, _args, { scope }) => ({
      layers: scope.optionLayers,
      revision: scope.tenant.settingsRevision,
    }),
  }),
);

export const ThemeInput = builder.inputType('ThemeInput', { fields: (t) => optionInputs(t, 'theme') });

export const OptionsInput = builder.inputType('OptionsInput', { fields: (t) => optionInputs(t, 'options') });

builder.relayMutationField(
  'updateSettings',
  {
    inputFields: (t) => ({
      ...optionInputs(t),
      theme: t.field({ type: ThemeInput }),
      options: t.field({ type: OptionsInput }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    subGraphs: ['settings'],
    nullable: true,
    description: 'Sets the values that are given and leaves the others as they are.',
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ settings: viewOf(await updateSettings(scope, input)) })),
  },
  nounPayload('settings', Settings),
);

builder.relayMutationField(
  'resetSetting',
  {
    inputFields: (t) => ({
      path: t.string({ required: true, description: 'For example `theme.primaryColor`.' }),
      expectedRevision: t.int({ description: EXPECTED_REVISION_DESCRIPTION }),
    }),
  },
  {
    subGraphs: ['settings'],
    nullable: true,
    description: "Forgets the tenant's own value, so that the platform's counts again.",
    resolve: (_root, { input }, { scope }) =>
      withUserErrors(async () => ({ settings: viewOf(await resetSetting(scope, input)) })),
  },
  nounPayload('settings', Settings),
);

/** What was just written: by a caller of the whole tenant, so its layer is the only one. */
function viewOf({ settings, settingsRevision }: Tenant): SettingsView {
  return { layers: [settings], revision: settingsRevision };
}
