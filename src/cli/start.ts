import { dirname } from 'node:path'
import { claimSideStore } from '../backends/side/claim.ts'
import { openSideStore } from '../backends/side/store.ts'
import { causesOf } from '../base/causes.ts'
import { BridgeError, isBridgeError } from '../base/errors.ts'
import type { Observe } from '../base/observation.ts'
import type { Config } from '../config.ts'
import { createApp } from '../http/app.ts'
import { startServer } from '../http/server.ts'
import type { Mounted } from '../http/router.ts'
import { servePassThrough } from '../http/upstream/pass-through.ts'
import { serveApplication } from '../http/upstream/serve-application.ts'
import { serveTypes } from '../http/upstream/serve-types.ts'
import type { Catalog } from '../mapping/catalog.ts'
import { unsaidMatches } from '../plan/names.ts'
import type { Backend, Store } from '../plan/port.ts'
import { applicationOf } from '../service/application.ts'
import type { Application } from '../service/application.ts'
import { cursors } from '../service/cursors.ts'
import { lookForThem } from '../service/look-for.ts'
import { openBridge } from '../service/open-bridge.ts'
import { checkSensitive } from '../service/sensitive.ts'
import { settleOpen } from '../service/sweep.ts'
import { cursorSecret } from './cursor-secret.ts'
import { loadApplication } from './load.ts'

export interface Running {
  /** Base URL of each application, in order: `http://127.0.0.1:8080/scim/v2`. */
  readonly urls: readonly string[]
  /** Drains, then closes the backends. */
  stop(): Promise<void>
}

/** Starts everything that a configuration names: mappings, backends, side store, HTTP. Rejects with BridgeError. */
export async function start(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  observe: Observe,
): Promise<Running> {
  // every mapping is compiled before anything is opened: all problems come at once, and no port opens on a bad file
  const loaded = allOrProblems(config.applications, (application) =>
    application.kind === 'upstream'
      ? application
      : {
          ...application,
          ...loadApplication(application.mapping, { env, profile: application.profile, name: application.name }),
        },
  )
  checkSensitive(
    loaded.flatMap((one) => (one.kind === 'mapping' ? one.catalog.types.map(({ type }) => type) : [])),
    config.sensitiveFilters,
  )
  /** What has been opened, to be closed in the opposite order. */
  const opened: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const one of opened.reverse()) await one()
  }
  try {
    const mounted: Mounted[] = []
    const sealed = cursors(config.cursors.secret ?? cursorSecret(config.sideStore), config.cursors.timeout)
    for (const application of loaded) {
      const { name, path } = application
      if (application.kind === 'upstream') {
        const { upstream } = application
        const options = { folder: config.folder, observe, largestBody: config.limits.body }
        const served = serveApplication(name, upstream, options)
        opened.push(() => served.close())
        mounted.push({ bridge: served.bridge, path, routes: served.routes })
        continue
      }
      const { catalog, backend } = application
      const claim = claimSideStore(config.sideStore, name)
      opened.push(() => claim.release())
      const store = await openStore(backend, catalog, observe)
      opened.push(() => store.close())
      for (const detail of store.advice) observe({ kind: 'warning', about: catalog.name, detail })
      const side = openSideStore(config.sideStore, name)
      opened.push(() => side.close())
      const app = applicationOf({
        catalog,
        store,
        side,
        limits: config.limits,
        sensitive: config.sensitiveFilters,
        observe,
        cursors: sealed,
        unsettled: new Set((await side.open()).map((intent) => intent.key)),
      })
      await sweep(app)
      const looking = lookForThem(app)
      opened.push(() => looking.stop())
      const types = serveTypes(catalog.upstreams, { folder: dirname(application.mapping), about: name, observe })
      opened.push(() => types.close())
      mounted.push({ bridge: openBridge(app), path, types })
    }
    const passThrough = config.passThrough.map((one) => servePassThrough(one, config.folder))
    opened.push(() => passThrough.forEach((one) => one.close()))
    const { limits, timeouts, tokens, allowAnonymous, listen } = config
    const server = await startServer(
      createApp({
        applications: mounted,
        passThrough,
        tokens,
        allowAnonymous,
        address: listen,
        limits,
        timeouts,
        observe,
      }),
      { host: listen.host, port: listen.port, limits, timeouts },
    )
    return {
      urls: mounted.map(({ path }) => `${listen.publicUrl ?? server.url}${path}/v2`),
      stop: async () => {
        await server.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Does it for each, and tells the refusals of all of them at once. */
function allOrProblems<A, B>(of: readonly A[], each: (one: A) => B): readonly B[] {
  const problems: BridgeError[] = []
  const done = of.flatMap((one) => {
    try {
      return [each(one)]
    } catch (error) {
      if (!isBridgeError(error)) throw error
      problems.push(error)
      return []
    }
  })
  const [first, ...rest] = problems
  if (first === undefined) return done
  throw rest.length === 0 ? first : new BridgeError(first.reason, problems.map((problem) => problem.detail).join('\n'))
}

/** Which application cannot be opened, and what the driver says of it: at the start only the operator reads this. */
async function openStore(backend: Backend, catalog: Catalog, observe: Observe): Promise<Store> {
  try {
    const store = await backend.open(catalog, observe)
    const [unsaid] = unsaidMatches(catalog.types, (leaf) => store.say(leaf))
    if (unsaid === undefined) return store
    await store.close()
    throw new BridgeError('invalidMapping', `${unsaid.path.join('.')}: ${unsaid.message}`)
  } catch (error) {
    if (!isBridgeError(error)) throw error
    const causes = causesOf(error)
    const why = causes.length === 0 ? '' : ` (${causes.join(': ')})`
    throw new BridgeError(error.reason, `${catalog.name}: ${error.detail}${why}`, error)
  }
}

/** What a killed process left open is settled before the first request; a backend that is away postpones it. */
async function sweep(app: Application): Promise<void> {
  try {
    await settleOpen(app)
  } catch (error) {
    if (!isBridgeError(error)) throw error
    app.observe({
      kind: 'warning',
      about: app.catalog.name,
      detail: `open intents could not be settled yet: ${error.detail}`,
    })
  }
}
