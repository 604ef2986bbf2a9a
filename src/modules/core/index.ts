import type { Module } from '../module.ts';
import { coreRules } from './rules.ts';
import './host-graphql.ts';
import './module-graphql.ts';
import './node-graphql.ts';
import './signing-keys-graphql.ts';
import './tenant-graphql.ts';
import './trusted-issuer-graphql.ts';
import './viewer-graphql.ts';

/** The tenant itself, the caller, its modules, and access by global id. */
export const core: Module = {
  id: 'core',
  version: '1.0.0',
  dependsOn: [],
  isAlwaysOn: true,
  migrations: [],
  rules: coreRules,
  nodes: {},
};
