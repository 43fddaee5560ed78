import { readSearch } from '../scim/messages.ts'
import type { Application } from './application.ts'
import type { Bridge } from './bridge.ts'
import { bulk } from './bulk/bulk.ts'
import { discovery } from './discovery.ts'
import { handle } from './handle.ts'
import { refuseSensitive } from './sensitive.ts'

/** One application as the HTTP floor serves it. */
export const openBridge = (app: Application): Bridge => ({
  name: app.catalog.name,
  endpoints: app.catalog.types.map((m) => ({ path: m.type.endpoint, type: m.type.name })),
  handle: (request, context) => handle(app, request, context),
  bulk: (body, context, time) => bulk(app, body, context, time),
  discovery: (which, name, context) => ({
    status: 200,
    body: discovery(app, which, name, context.baseUrl),
  }),
  checkUrlFilter: (filter, type) => refuseSensitive(app, filter, type),
  readSearch: (body) => readSearch(body, app.catalog.quirks),
})
