import type { ModuleExchange } from '../shell/module-stage.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import { localPathOf, pathOf, searchOf } from './request-target.ts';
import type { Stage } from './stage.ts';

/** Runs what the tenant's modules put in front of GraphQL, in its scope. */
export function useModuleStages(modules: Pick<ModuleSets, 'of'>): Stage {
  return (exchange, next) => {
    const { scope } = exchange;
    // The record this request was resolved with: a switch counts for whoever comes after it, on every node.
    const stages = scope === undefined ? undefined : modules.of(scope.tenant.modules).stages;
    if (scope === undefined || stages === undefined) return next();
    const { request, requestId, body } = exchange;
    const path = pathOf(request.url);
    const inner: ModuleExchange = {
      scope,
      request: {
        method: request.method ?? 'GET',
        path,
        localPath: localPathOf(path),
        search: searchOf(request.url),
        headers: request.headers,
        body,
        requestId,
      },
      get reply() {
        return exchange.reply;
      },
      set reply(reply) {
        exchange.reply = reply;
      },
    };
    return stages(inner, next);
  };
}
