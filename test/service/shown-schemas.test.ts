import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import { stand } from './stand.ts'
import type { Stand } from './stand.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

let s: Stand
beforeEach(async () => void (s = await stand()))
afterEach(() => s.close())

describe('schemas', () => {
  it.each([
    [undefined, [core, enterprise]],
    [['userName'], [core]],
    [
      ['userName', `${enterprise}:department`],
      [core, enterprise],
    ],
  ])('names the schemas of what is shown: attributes=%j', async (attributes, schemas) => {
    const show = attributes === undefined ? {} : { attributes }
    const one = await s.body({ kind: 'get', type: 'User', id: scimId('1015'), show })
    const list = await s.body({ kind: 'list', type: 'User', query: { ...show, filter: 'id eq "1015"' } })
    const first = isArray(list['Resources']) ? list['Resources'][0] : undefined
    expect(one['schemas']).toEqual(schemas)
    expect(isObject(first) && first['schemas']).toEqual(schemas)
  })

  it('can be filtered by, whatever is shown', async () => {
    const filter = `schemas eq "${enterprise}" and displayName co "Brand"`
    const list = await s.body({ kind: 'list', type: 'User', query: { filter, attributes: ['userName'] } })
    const whole = await s.body({ kind: 'list', type: 'User', query: { filter } })
    expect(list['totalResults']).toBe(3)
    expect(whole['totalResults']).toBe(3)
  })
})
