import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { Outcome } from '../plan/port.ts'
import type { Plan } from '../plan/plan.ts'
import { project } from '../scim/projection.ts'
import type { Projection } from '../scim/projection.ts'
import type { Application } from './application.ts'
import type { Reply, RequestContext } from './bridge.ts'
import { bodyOf, longListsOf } from './shown.ts'
import type { Shown } from './shown.ts'
import { render } from './render.ts'

/** A request that has been planned: the plan, and how its outcome becomes an answer. */
export interface Exchange {
  readonly plan: Plan
  answer(outcome: Outcome): Promise<Reply> | Reply
}

/** `versioned`: everything that the version covers was read, and somebody wants to see it. */
export const resourceFrom =
  (app: Application, mapping: ResourceMapping, context: RequestContext, versioned: boolean) =>
  (record: NativeRecord): JsonObject =>
    render(app.catalog, mapping, record, context.baseUrl, versioned)

/**
 * The part of a resource that is shown. `schemas` names the schemas of what is there to be seen (RFC 7643 section 3),
 * however much had to be read for it.
 */
export function shownOf(
  resource: JsonObject,
  projection: Projection,
  { type }: ResourceMapping,
  sent?: ReadonlySet<string>,
): JsonObject {
  const shown = project(resource, projection, type, sent)
  const seen = type.extensions.map((e) => e.schema.id).filter((urn) => shown[urn] !== undefined)
  return { ...shown, schemas: [type.schema.id, ...seen] }
}

/** How records of a request are shown: the resource now, its long lists while they are sent. */
export const showing =
  (
    app: Application,
    mapping: ResourceMapping,
    context: RequestContext,
    projection: Projection,
    sent?: ReadonlySet<string>,
  ) =>
  (record: NativeRecord, resource: JsonObject): Shown => {
    const show = (whole: JsonObject): JsonObject => shownOf(whole, projection, mapping, sent)
    // a part of a record has no version
    const resourceOf = resourceFrom(app, mapping, context, false)
    return {
      resource: show(resource),
      lists: longListsOf(mapping, record, (part) => show(resourceOf(part))),
    }
  }

/** Status, entity tag and location that go with a whole resource. */
export function resourceReply(status: number, resource: JsonObject, shown: Shown): Reply {
  const meta = resource['meta'] as JsonObject
  const version = meta['version']
  return {
    status,
    ...bodyOf(shown),
    location: String(meta['location']),
    ...(typeof version === 'string' ? { etag: version } : {}),
  }
}
