import { applicationTenants } from './application-tenants/index.ts';
import { clients } from './clients/index.ts';
import { content } from './content/index.ts';
import { core } from './core/index.ts';
import type { Module } from './module.ts';
import { resources } from './resources/index.ts';
import { settings } from './settings/index.ts';
import { users } from './users/index.ts';

/** Every module of this build. Adding one is its folder and a line here. */
export const modules: readonly Module[] = [
  core,
  settings,
  resources,
  clients,
  content,
  users,
  applicationTenants,
];
