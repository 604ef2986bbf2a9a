import type { Module } from '../module.ts';
import './graphql.ts';
import './settings-change-graphql.ts';
import { settingsRules } from './rules.ts';

/** Theme, locale, time zone and options. The values live in the tenant's record: HTTP stages need them too. */
export const settings: Module = {
  id: 'settings',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: true,
  migrations: [],
  rules: settingsRules,
  nodes: {},
};
