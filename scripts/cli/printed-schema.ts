import { printSchema } from 'graphql';
import { PLATFORM_SCOPES, SCOPES } from '../../src/auth/scopes.ts';
import { createPlatformSchema } from '../../src/control-plane/graphql/platform-schema.ts';
import { createTenantSchemas } from '../../src/graphql/tenant-schemas.ts';
import { ERROR_CODES } from '../../src/lib/error-codes.ts';
import { USER_ERROR_CODES } from '../../src/lib/user-error.ts';
import { modules } from '../../src/modules/index.ts';
import type { Module } from '../../src/modules/module.ts';
import '../../src/options.ts';
import { addedSdl } from './added-sdl.ts';

/** The module every other one stands on. */
const GROUND = 'core';

/** Everything below `schema/` that is printed, by path. Needs no database. */
export function printedSchema(): ReadonlyMap<string, string> {
  return new Map([
    ['tenant.graphql', `${printSchema(createTenantSchemas(modules).superset)}\n`],
    ['platform.graphql', `${printSchema(createPlatformSchema())}\n`],
    ...modules.map((module): [string, string] => [`modules/${module.id}.graphql`, moduleSdl(module)]),
    ['errors.md', errorsPage()],
    ['scopes.md', scopesPage()],
  ]);
}

/** What a module adds to all the others: what two of them bring is nobody's own, and stands in `tenant.graphql`. */
function moduleSdl(module: Module): string {
  const others =
    module.id === GROUND ? [] : modules.filter((other) => other !== module && !needs(other, module.id));
  const all = modules.filter((other) => other === module || others.includes(other));
  const before = others.length === 0 ? undefined : createTenantSchemas(others).superset;
  const needed = module.dependsOn.length === 0 ? '' : `# Needs: ${module.dependsOn.join(', ')}\n`;
  return `# Module ${module.id} ${module.version}\n${needed}\n${addedSdl(before, createTenantSchemas(all).superset)}\n`;
}

function needs({ dependsOn }: Module, id: string): boolean {
  return dependsOn.some((needed) => {
    const other = modules.find((each) => each.id === needed);
    return needed === id || (other !== undefined && needs(other, id));
  });
}

function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { httpStatus, when }]) => `| \`${code}\` | ${httpStatus} | ${when} |`,
  );
  return [
    '# Errors',
    '',
    'Printed by `npm run schema:print`. `errors[].extensions.code` is API; messages are for people and may change.',
    'The HTTP status applies when the response carries no `data`.',
    '',
    '| code | HTTP | when |',
    '|---|---|---|',
    ...rows,
    '',
    '## User errors',
    '',
    'What a person can correct comes as `userErrors` of a mutation, with one of these codes and the path to the value:',
    '',
    ...USER_ERROR_CODES.map((code) => `- \`${code}\``),
    '',
  ].join('\n');
}

function scopesPage(): string {
  const rows = (scopes: object) =>
    Object.entries(scopes).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  const head = ['', '| scope | a caller who has it may |', '|---|---|'];
  return [
    '# Scopes',
    '',
    'Printed by `npm run schema:print`. `write` does not imply `read`.',
    '',
    '## Of a tenant',
    ...head,
    ...rows(SCOPES),
    '',
    '## Of the platform, for operators',
    ...head,
    ...rows(PLATFORM_SCOPES),
    '',
  ].join('\n');
}
