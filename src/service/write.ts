import type { ScimId } from '../base/brand.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { planPatch, planReplace } from '../plan/change.ts'
import type { ChangeContext } from '../plan/change.ts'
import { planCreate } from '../plan/create.ts'
import { isMembership } from '../plan/membership.ts'
import type { Uncarried } from '../plan/fit.ts'
import { planRemove } from '../plan/remove.ts'
import type { SideValues, Want } from '../plan/plan.ts'
import { topLevelName, wantNamed } from '../plan/want.ts'
import { readResource } from '../scim/body.ts'
import { parsePatch } from '../scim/patch-parse.ts'
import { namesBy, namesIn, parseProjection, wantedAttributes } from '../scim/projection.ts'
import type { PatchOperation } from '../scim/patch.ts'
import type { Projection } from '../scim/projection.ts'
import type { QuirkName } from '../scim/quirks.ts'
import type { ProjectionRequest, ScimRequest } from '../scim/request.ts'
import { allowed, typeNamed } from './application.ts'
import type { Application } from './application.ts'
import type { Reply, RequestContext } from './bridge.ts'
import { encodeAhead, sentBy, sentIn } from './encode-ahead.ts'
import type { Exchange } from './exchange.ts'
import { resourceFrom, resourceReply, showing } from './exchange.ts'
import { withNames } from './names.ts'
import { completed } from './read.ts'
import { usesSide } from './side.ts'

type Of<Kind extends ScimRequest['kind']> = Extract<ScimRequest, { kind: Kind }>

/** RFC 7644 section 3.3. */
export async function prepareCreate(
  app: Application,
  request: Of<'create'>,
  context: RequestContext,
): Promise<Exchange> {
  const whole = allowed(typeNamed(app, request.type), 'create')
  const { resource } = readResource(request.body, whole.type, app.catalog.quirks, observeQuirk(app))
  const mapping = await encodeAhead(whole, sentIn(resource))
  const shown = answering(app, mapping, request.show, namesIn(resource, mapping.type))
  const plan = await withNames(app, planCreate(mapping, resource, shown.want, uncarried(app)))
  return { plan, answer: (outcome) => written(app, mapping, context, shown, outcome, 201) }
}

/** RFC 7644 section 3.5.1. */
export async function prepareReplace(
  app: Application,
  request: Of<'replace'>,
  context: RequestContext,
): Promise<Exchange> {
  const whole = allowed(typeNamed(app, request.type), 'update')
  const replacement = readResource(request.body, whole.type, app.catalog.quirks, observeQuirk(app))
  const mapping = await encodeAhead(whole, sentIn(replacement.resource))
  const shown = answering(app, mapping, request.show, namesIn(replacement.resource, mapping.type))
  const change = await changeContext(app, mapping, request, shown.want)
  const plan = await withNames(app, planReplace(change, replacement), change.held)
  return { plan, answer: (outcome) => written(app, mapping, context, shown, outcome, 200) }
}

/** RFC 7644 section 3.5.2. A type with members answers 204, so that they are not read, unless attributes are asked for. */
export async function preparePatch(app: Application, request: Of<'patch'>, context: RequestContext): Promise<Exchange> {
  const whole = typeNamed(app, request.type)
  if (!whole.allow.has('members')) allowed(whole, 'update')
  const operations = parsePatch(request.body, whole.type, app.catalog.quirks, observeQuirk(app), app.limits.operations)
  for (const operation of operations) allowed(whole, changesMembers(whole, operation) ? 'members' : 'update')
  const mapping = await encodeAhead(whole, sentBy(operations))
  const silent = request.show.attributes === undefined && hasMembers(mapping)
  const shown = answering(app, mapping, request.show, namesBy(operations))
  const change = await changeContext(app, mapping, request, silent ? undefined : shown.want)
  const plan = await withNames(app, planPatch(change, operations), change.held)
  return {
    plan,
    answer: (outcome) => (silent ? { status: 204 } : written(app, mapping, context, shown, outcome, 200)),
  }
}

/** RFC 7644 section 3.6. */
export async function prepareDelete(app: Application, request: Of<'delete'>): Promise<Exchange> {
  const mapping = allowed(typeNamed(app, request.type), 'delete')
  const held = await heldOf(app, mapping, request.id)
  return { plan: planRemove(mapping, request.id, request.ifMatch, held), answer: () => ({ status: 204 }) }
}

interface Answer {
  readonly projection: Projection
  readonly sent: ReadonlySet<string>
  readonly want: Want
}

/** The answer shows what is held, and of attributes that are returned on request those that the client sent. */
function answering(
  app: Application,
  mapping: ResourceMapping,
  show: ProjectionRequest,
  sent: ReadonlySet<string>,
): Answer {
  const projection = parseProjection(show, mapping.type, app.catalog.quirks)
  const names = wantedAttributes(projection, mapping.type, sent)
  return { projection, sent, want: wantNamed(mapping, names, true) }
}

async function written(
  app: Application,
  mapping: ResourceMapping,
  context: RequestContext,
  shown: Answer,
  outcome: Parameters<Exchange['answer']>[0],
  status: number,
): Promise<Reply> {
  if (outcome.kind !== 'written' || !outcome.record) throw new Error('a write with an answer reads the record back')
  const record = await completed(app, mapping, outcome.record)
  const resource = resourceFrom(app, mapping, context, true)(record)
  return resourceReply(status, resource, showing(app, mapping, context, shown.projection, shown.sent)(record, resource))
}

export async function changeContext(
  app: Application,
  mapping: ResourceMapping,
  request: Pick<Of<'patch'>, 'id' | 'ifMatch'>,
  answer: Want | undefined,
): Promise<ChangeContext> {
  return {
    mapping,
    id: request.id,
    ifMatch: request.ifMatch,
    held: await heldOf(app, mapping, request.id),
    answer,
    uncarried: uncarried(app),
    keepActive: app.catalog.profile !== 'strict',
    scanLimit: app.limits.scanLimit,
  }
}

async function heldOf(app: Application, mapping: ResourceMapping, id: ScimId): Promise<SideValues> {
  if (!usesSide(mapping)) return {}
  return (await app.side.read(mapping.type.name, [id])).get(id) ?? {}
}

const changesMembers = (mapping: ResourceMapping, { target }: PatchOperation): boolean =>
  mapping.attributes.some((m) => isMembership(m) && topLevelName(m.of) === topLevelName(target))

export const hasMembers = (mapping: ResourceMapping): boolean =>
  mapping.attributes.some(
    (m) => m.kind === 'reference' && m.reference.size !== 'one' && m.reference.place.kind !== 'reverse',
  )

/** Under the strict profile a value without a place is refused; otherwise the answer shows what is held. */
const uncarried = (app: Application): Uncarried => (app.catalog.profile === 'strict' ? 'refuse' : 'drop')

const observeQuirk =
  (app: Application) =>
  (name: QuirkName): void =>
    app.observe({ kind: 'quirk', name, application: app.catalog.name })
