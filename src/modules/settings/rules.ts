import { allow, requires, type RuleTree } from '../../graphql/rules.ts';

export const settingsRules: RuleTree = {
  Query: { settings: requires('settings:read') },
  Subscription: { settingsChanged: requires('settings:read') },
  Mutation: {
    updateSettings: requires('settings:write'),
    resetSetting: requires('settings:write'),
  },
  Settings: allow,
  SettingsChange: allow,
  Theme: allow,
  Options: allow,
  OriginOfSetting: allow,
  UpdateSettingsPayload: { settings: requires('settings:read'), userErrors: allow },
  ResetSettingPayload: { settings: requires('settings:read'), userErrors: allow },
};
