import type { ModuleAudits } from '../kit/module-audits.ts';
import { applicationTenants } from './application-tenants.ts';
import { clients } from './clients.ts';
import { content } from './content.ts';
import { core } from './core.ts';
import { resources } from './resources.ts';
import { settings } from './settings.ts';
import { users } from './users.ts';

/** What every module of this build tells the kit; canaries are made in this order. */
export const moduleAudits: readonly ModuleAudits[] = [
  core,
  settings,
  resources,
  clients,
  content,
  users,
  applicationTenants,
];
