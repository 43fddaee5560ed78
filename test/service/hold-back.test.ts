import { afterEach, describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { openSideStore } from '../../src/backends/side/store.ts'
import { scimId } from '../../src/base/brand.ts'
import type { Observation } from '../../src/base/observation.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import { defaultLimits } from '../../src/plan/limits.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import type { Reply } from '../../src/service/bridge.ts'
import { handle } from '../../src/service/handle.ts'
import { locks } from '../../src/service/locks.ts'

const urn = 'urn:ietf:params:scim:schemas:core:2.0:User'
const message = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const mapping = (profile: string): string => `
version: 1
profile: ${profile}
backend: { kind: memory }
resources:
  User:
    attributes:
      userName: { slot: login, access: immutable }
      title: title
`

const seen: Observation[] = []
const side = openSideStore(':memory:', 'test')
afterEach(() => void seen.splice(0))

function start(profile: string): (request: ScimRequest) => Promise<Reply> {
  const catalog = compileMapping(mapping(profile), { file: 'test.yaml', env: {}, readFile: () => '' })
  const app: Application = {
    catalog,
    store: bindMemory(catalog),
    side,
    limits: defaultLimits,
    observe: (observation) => void seen.push(observation),
    locks: locks(),
    unsettled: new Set(),
  }
  const signal = new AbortController().signal
  return (request) => handle(app, request, { baseUrl: '', signal, clock: { time: (_, work) => work() }, id: '' })
}

async function ada(ask: (request: ScimRequest) => Promise<Reply>) {
  const made = await ask({
    kind: 'create',
    type: 'User',
    body: { schemas: [urn], userName: 'ada', title: 'A' },
    show: {},
  })
  return scimId(String(made.body?.['id']))
}

const rename = (id: ReturnType<typeof scimId>): ScimRequest => ({
  kind: 'patch',
  type: 'User',
  id,
  show: {},
  body: {
    schemas: [message],
    Operations: [
      { op: 'replace', path: 'userName', value: 'bea' },
      { op: 'replace', path: 'title', value: 'B' },
    ],
  },
})
const replaced = (id: ReturnType<typeof scimId>): ScimRequest => ({
  kind: 'replace',
  type: 'User',
  id,
  show: {},
  body: { schemas: [urn], userName: 'bea', title: 'B' },
})

describe('a login that cannot be renamed', () => {
  it.each([
    ['PATCH', rename],
    ['PUT', replaced],
  ])('keeps its name under a tolerant profile, and the rest of a %s is done', async (method, request) => {
    const ask = start('tolerant')
    const answer = await ask(request(await ada(ask)))
    expect(answer.body).toMatchObject({ userName: 'ada', title: 'B' })
    expect(seen.map((one) => one.kind)).toEqual(method === 'PATCH' ? ['warning'] : [])
  })

  it.each([
    ['PATCH', rename],
    ['PUT', replaced],
  ])('refuses the whole %s under the strict profile', async (_, request) => {
    const ask = start('strict')
    const id = await ada(ask)
    await expect(ask(request(id))).rejects.toMatchObject({ reason: 'mutability' })
    const held = await ask({ kind: 'get', type: 'User', id, show: {} })
    expect(held.body).toMatchObject({ userName: 'ada', title: 'A' })
  })
})
