import type { GraphQLSchema } from 'graphql';
import { applyRules } from '../../graphql/apply-rules.ts';
import { platformBuilder } from './builder.ts';
import './cluster-graphql.ts';
import './deletion-graphql.ts';
import './fleet-graphql.ts';
import './health-graphql.ts';
import './operator-graphql.ts';
import './registration-graphql.ts';
import './tenant-migration-graphql.ts';
import { platformRules } from './rules.ts';

/** The schema at `/platform/graphql`. */
export function createPlatformSchema(): GraphQLSchema {
  return applyRules(platformBuilder.toSchema(), platformRules);
}
