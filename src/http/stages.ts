import type { GraphQLSchema } from 'graphql';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Config } from '../config/config.ts';
import type { Platform } from '../control-plane/graphql/context.ts';
import type { AuthenticateOperator } from '../control-plane/operator-authentication.ts';
import type { Engine } from '../graphql/engine-request.ts';
import type { TenantSchemas } from '../graphql/tenant-schemas.ts';
import type { FairQueue } from '../lib/fair-queue.ts';
import { pipeline } from '../lib/pipeline.ts';
import type { Module } from '../modules/module.ts';
import type { People } from '../modules/people.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ModuleSets } from '../shell/module-set.ts';
import type { Scope } from '../shell/scope.ts';
import type { ShellHost } from '../shell/shell-host.ts';
import type { Sts } from '../sts/sts.ts';
import type { TenantRegistration } from '../tenancy/registration.ts';
import { hostSource } from '../tenancy/sources/host.ts';
import { pathPrefixSource } from '../tenancy/sources/path-prefix.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { Callers } from './callers.ts';
import { graphiqlSignIn } from './graphiql/graphiql-sign-in.ts';
import { localVisit } from './local-visit.ts';
import type { OpenStreams } from './open-streams.ts';
import type { PlatformRates } from './rate-budgets.ts';
import type { RateCounter } from './rate-counter.ts';
import { sampleOperations } from './sample-operations.ts';
import type { Stage } from './stage.ts';
import { useAddressLimit } from './use-address-limit.ts';
import { useAuthentication } from './use-authentication.ts';
import { useBody } from './use-body.ts';
import { useCandidates } from './use-candidates.ts';
import { useClock } from './use-clock.ts';
import { useCors } from './use-cors.ts';
import { useDeadline, useTenantDeadline } from './use-deadline.ts';
import { useErrors } from './use-errors.ts';
import { useFairQueue } from './use-fair-queue.ts';
import { useGraphiql } from './use-graphiql.ts';
import { useGraphQL } from './use-graphql.ts';
import { useHealth } from './use-health.ts';
import { useLog } from './use-log.ts';
import { useModuleStages } from './use-module-stages.ts';
import { usePlatform } from './use-platform.ts';
import { usePublished } from './use-published.ts';
import { useRateLimit } from './use-rate-limit.ts';
import { useRequestForm } from './use-request-form.ts';
import { useResolution } from './use-resolution.ts';
import { useSchemaFile } from './use-schema-file.ts';
import { useScope } from './use-scope.ts';
import { useSts } from './use-sts.ts';
import { useWebSocket } from './use-web-socket.ts';

/** What the stages work with; `app.ts` makes all of it. */
export interface StageParts {
  config: Config;
  metrics: Metrics;
  /** False while this node may not know what others have changed. */
  isFresh(): boolean;
  /** False while the clock of this node is off. */
  isInTime(): boolean;
  isDraining(): boolean;
  rates: { platform: PlatformRates; counter: RateCounter };
  /** Absent: whoever comes is served at once. */
  queue: FairQueue | undefined;
  authenticate: Authenticate;
  shells: ShellHost;
  registration(tenant: Tenant): TenantRegistration;
  callers: Callers;
  /** What all tenants share of the gateway. */
  shared: Scope['platform'];
  modules: readonly Module[];
  moduleSets: ModuleSets;
  people: Pick<People, 'isOpenTo'>;
  sts: Sts;
  engine: Engine;
  schemas: TenantSchemas;
  streams: OpenStreams;
  developmentToken(tenant: string): Promise<string | undefined>;
  platform: Platform;
  platformSchema: GraphQLSchema;
  authenticateOperator: AuthenticateOperator;
}

/** The stages every request goes through, in their order: each works on the exchange and lets the later ones run. */
export function createStages(parts: StageParts): readonly Stage[] {
  const { config, metrics, platform, rates, queue, modules, schemas, engine } = parts;
  const { http, introspection } = config;
  const publicHost = new URL(http.publicUrl).hostname;
  const visits = { publicHost, baseDomain: http.baseDomain, trustedProxies: http.trustedProxyCount };

  const clock = useClock(parts.isInTime);
  const deadline = useDeadline(http.requestDeadlineMs);
  const candidates = useCandidates({
    hostSource: hostSource({ directory: platform.directory, ...visits }),
    pathPrefixSource: pathPrefixSource(platform.directory),
    trustedProxies: http.trustedProxyCount,
  });
  const authentication = useAuthentication(parts.authenticate);
  const resolution = useResolution();
  const ownDeadline = useTenantDeadline(http.requestDeadlineMs);
  const isSilent = ({ id }: Tenant) => parts.shells.peek(id)?.circuit.isOpen === true;
  const turns = queue === undefined ? [ownDeadline] : [ownDeadline, useFairQueue(queue, isSilent)];
  const scope = useScope({
    shells: parts.shells,
    registration: parts.registration,
    callers: parts.callers,
    platform: parts.shared,
  });
  /** What decided about the request that opened a stream decides about each of its events. */
  const admitted = pipeline([clock, deadline, candidates, authentication, resolution, ...turns, scope]);

  return [
    useLog(metrics),
    useErrors(),
    useHealth({
      ping: () => platform.control.ping(http.requestDeadlineMs),
      isFresh: parts.isFresh,
      isInTime: parts.isInTime,
      isDraining: parts.isDraining,
    }),
    clock,
    deadline,
    useAddressLimit(rates.platform.address),
    candidates,
    useCors(),
    useRequestForm(),
    useBody(http.bodyLimitBytes),
    authentication,
    resolution,
    useRateLimit(rates.counter, rates.platform),
    useWebSocket(http.trustedProxyCount),
    usePublished(parts.sts),
    ...turns,
    useGraphiql({
      setting: config.graphiql,
      samples: sampleOperations,
      developmentToken: ({ id }) => parts.developmentToken(id),
      signIn: (tenant) => (parts.people.isOpenTo(tenant) ? graphiqlSignIn(tenant, parts.shared) : undefined),
      isLocal: localVisit(visits),
    }),
    scope,
    useModuleStages(parts.moduleSets),
    useSts(parts.sts),
    useSchemaFile({ schemas, introspection }),
    useGraphQL({
      engine,
      schemas,
      catalogue: modules,
      introspection,
      streams: parts.streams,
      admit: (exchange, work) => admitted(exchange, () => work(exchange)),
    }),
    usePlatform({
      engine,
      schema: parts.platformSchema,
      platform,
      authenticate: parts.authenticateOperator,
      introspection,
    }),
  ];
}
