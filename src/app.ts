import { createAuthenticator } from './auth/authenticate.ts';
import { RemoteKeys } from './auth/remote-keys.ts';
import { TokenCache } from './auth/token-cache.ts';
import type { Config } from './config/config.ts';
import type { SecretBox } from './config/secrets.ts';
import { boundRegistration } from './control-plane/bound-registration.ts';
import { CommonClock } from './control-plane/common-clock.ts';
import { connectControl } from './control-plane/control-connection.ts';
import { createControlPlane } from './control-plane/control-plane.ts';
import { developmentTokens } from './control-plane/development-token.ts';
import { followDirectory } from './control-plane/directory-feed.ts';
import { Freshness } from './control-plane/freshness.ts';
import { NO_CLUSTER } from './control-plane/placement.ts';
import { txtLookup } from './control-plane/txt-lookup.ts';
import { createPlatformSchema } from './control-plane/graphql/platform-schema.ts';
import { createOperatorAuthentication } from './control-plane/operator-authentication.ts';
import { secretKeyring } from './control-plane/secret-keyring.ts';
import { signingKeyring } from './control-plane/signing-keyring.ts';
import { createEngine } from './graphql/engine.ts';
import { createTenantSchemas } from './graphql/tenant-schemas.ts';
import { callersOf } from './http/callers.ts';
import { OpenStreams, type StreamLimits } from './http/open-streams.ts';
import { requestQueue } from './http/request-queue.ts';
import { createStages } from './http/stages.ts';
import { NO_PLATFORM_RATES, PLATFORM_RATES, type PlatformRates } from './http/rate-budgets.ts';
import { memoryRateCounter, sharedRateCounter } from './http/rate-counter.ts';
import { systemClock } from './lib/clock.ts';
import { outsideWeb } from './lib/outside-web.ts';
import { pipeline } from './lib/pipeline.ts';
import { ResourceStack } from './lib/resource-stack.ts';
import { modules as builtIn } from './modules/index.ts';
import type { Module } from './modules/module.ts';
import { peopleOf } from './modules/people.ts';
import './options.ts';
import { createClientPool, DEDICATED } from './mongo/client-pool.ts';
import { DedicatedBudget } from './mongo/dedicated-budget.ts';
import { createEvents } from './observability/events.ts';
import type { Logger } from './observability/logger.ts';
import { mailerOf } from './observability/mailer.ts';
import { createMetrics } from './observability/metrics.ts';
import { createModuleSets } from './shell/module-set.ts';
import { createShellHost } from './shell/shell-host.ts';
import { stsPart } from './sts/artifact.ts';
import { watchedRevocations } from './sts/revocations.ts';
import { createSts } from './sts/sts.ts';

export interface AppOptions {
  config: Config;
  box: SecretBox;
  log: Logger;
  /** Connection string of the control database, which is also the first cluster. */
  mongoUri: string;
  /** Namespaces the first cluster may hold, when it is not known yet. */
  defaultBudget: number;
  /** The features tenants can have; those of this build when absent. */
  modules?: readonly Module[];
  /** Subscriptions open at once; the product's own when absent. */
  streamLimits?: StreamLimits;
  /** The platform's own limits of requests; those of the settings when absent. */
  rates?: PlatformRates;
}

/** Clients of tenants with a deployment of their own, kept open while idle. */
const IDLE_CLIENTS = 20;

/**
 * Builds the gateway: the one place where its parts are made and put together. Nothing listens yet, and the parts
 * that run by themselves start with {@link App.start}.
 */
export async function createApp(options: AppOptions) {
  const { config, box, log, mongoUri, defaultBudget, modules = builtIn } = options;
  const stack = new ResourceStack();
  try {
    const metrics = createMetrics();
    const events = createEvents(log, metrics);
    const { publicUrl, baseDomain } = config.http;
    const publicHost = new URL(publicUrl).hostname;
    const shared = { publicUrl, baseDomain, mailer: mailerOf(config, log) };
    const web = outsideWeb(config);

    const { poolSize, controlDatabase, dedicatedConnections } = config.mongo;
    const poolSizes = new Map<string, number>();
    const dedicated = new DedicatedBudget({
      connections: dedicatedConnections,
      poolSize,
      // A shell that is idle keeps its client from being so. Where nobody is idle, those go who only have subscribers.
      closeIdle: (): Promise<void> | undefined =>
        clients.closeIdle(DEDICATED) ??
        shells.closeIdle(DEDICATED, ({ client }) => client.isOnly) ??
        clients.closeUnneeded(DEDICATED) ??
        shells.closeIdle(DEDICATED, ({ client }) => client.isOnlyInNeed),
      onNear: (use) => events.connectionsNearBudget({ cluster: NO_CLUSTER, ...use }),
    });
    const clients = stack.use(
      createClientPool({
        poolSizeOf: (uri) => poolSizes.get(uri),
        dedicated,
        idleClients: IDLE_CLIENTS,
        watched: [watchedRevocations, ...modules.flatMap(({ watched = [] }) => watched)],
        onCloseError: (err) => events.shellCloseFailed({ err }),
        circuits: { onOpen: events.circuitOpened, onClose: events.circuitClosed },
      }),
    );
    const connection = stack.use(
      await connectControl({
        ...{ clients, uri: mongoUri, database: controlDatabase, poolSize, poolSizes },
        onNear: events.connectionsNearBudget,
      }),
    );
    const { control, shares } = connection;

    const clock = new CommonClock();
    const secretKey = secretKeyring({ control, box });
    const moduleSets = createModuleSets([...modules, stsPart]);
    const account = (cluster: string, count: number) => {
      clusters.account(cluster, count).catch((err: unknown) => log.warn({ err }, 'namespaces not counted'));
    };
    const { directory, clusters, monitor, background, fleet, prepareModule, tokens, sweeper, platform } =
      createControlPlane({
        control,
        controlUri: mongoUri,
        shares,
        poolSizes,
        config,
        box,
        secretKey,
        clock,
        clients,
        modules,
        moduleSets,
        account,
        evictShell: (tenant, how) => shells.evict(tenant, how),
        mailer: shared.mailer,
        events,
      });
    await clusters.ensureDefault(defaultBudget);

    const queue = config.http.hasFairQueue ? requestQueue(metrics) : undefined;
    const { rates = config.http.hasRateLimits ? PLATFORM_RATES : NO_PLATFORM_RATES } = options;
    const counter =
      config.http.rateLimitStore === 'mongodb' ? sharedRateCounter(control.db) : memoryRateCounter();
    const freshness = new Freshness();
    const shells = stack.use(
      createShellHost({
        clients,
        mayWrite: () => freshness.isFresh,
        connectionString: (tenant) => clusters.connectionString(tenant.placement, tenant.id),
        secretKey,
        onNamespacesCreated: account,
        modules: moduleSets,
        migrate: (tenant) => background.ask(tenant),
        capacity: config.shellCapacity,
        events,
      }),
    );
    stack.use(await followDirectory({ control, directory, freshness, clock, shells, events }));
    stack.use(background);
    stack.use(fleet);
    stack.use(sweeper);
    stack.use(monitor);
    metrics.watchClusters(() => monitor.gauges());
    const callers = callersOf(modules);
    const streams = new OpenStreams({
      directory,
      callers: callers.watched,
      limits: options.streamLimits,
      onEvent: () => metrics.streamEvents.inc(),
    });
    stack.defer(() => streams.drain());
    metrics.watch({
      queuedRequests: () => queue?.waitingCount ?? 0,
      openShells: () => shells.size,
      knownTenants: () => directory.knownCount,
      dedicatedConnections: () => dedicated.used,
      dedicatedConnectionsBudget: () => dedicated.connections,
      openStreams: () => streams.size,
      directoryStalenessSeconds: () => freshness.stalenessMs / 1_000,
      clockOffsetSeconds: () => clock.offsetMs / 1_000,
    });

    const schemas = createTenantSchemas(modules);
    const platformSchema = createPlatformSchema();
    const engine = createEngine(schemas.superset);
    const authenticate = createAuthenticator({
      directory,
      cache: new TokenCache({ clock: systemClock }),
      remoteKeys: new RemoteKeys(web.fetch),
      tenantClaim: config.tenantClaim,
    });
    const people = peopleOf(modules);
    const sts = createSts({
      openShell: ({ id }) => shells.peek(id),
      signingKeys: signingKeyring({ control, box }),
      cookieKeys: (context) => box.derive(context),
      tenantClaim: config.tenantClaim,
      people,
      isCallerLive: (scope) => callers.isLive(scope),
      graphiql: config.graphiql === 'off' ? undefined : shared,
    });
    const bindRegistration = boundRegistration({
      control,
      directory,
      publicHost,
      baseDomain,
      lookUpTxt: txtLookup(config.dnsServers),
      web,
      box,
      prepareModule,
      events,
    });
    let isDraining = false;
    const developmentToken = developmentTokens({ control, tokens, isProduction: config.isProduction });

    const stages = createStages({
      config,
      metrics,
      isFresh: () => freshness.isFresh,
      isInTime: () => clock.isInTime,
      isDraining: () => isDraining,
      rates: { platform: rates, counter },
      queue,
      authenticate,
      shells,
      registration: bindRegistration,
      callers,
      shared,
      modules,
      moduleSets,
      people,
      sts,
      engine,
      schemas,
      streams,
      developmentToken,
      platform,
      platformSchema,
      authenticateOperator: createOperatorAuthentication({ control, box, publicUrl }),
    });
    return {
      /** Runs one request through the stages. */
      handle: pipeline(stages),
      /** Starts what runs by itself: the sweeper, the monitor of the clusters, the look for migrations a dead node left. */
      start: () => {
        sweeper.start();
        monitor.start();
        fleet.watch();
        void engine.load();
      },
      /** From now on `/readyz` says no, so that load balancers look elsewhere; subscribers are sent there at once. */
      startDraining() {
        isDraining = true;
        streams.drain();
      },
      streams,
      metrics,
      events,
      modules,
      platform,
      tokens,
      schemas,
      platformSchema,
      shells,
      clients,
      directory,
      platformOfTenants: shared,
      bindRegistration,
      developmentToken,
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

export type App = Awaited<ReturnType<typeof createApp>>;
