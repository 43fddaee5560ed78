import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { readResource } from '../../src/scim/body.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { resolveFilter } from '../../src/scim/filter-resolve.ts'
import { applyPatch } from '../../src/scim/patch-apply.ts'
import { parsePatch } from '../../src/scim/patch-parse.ts'
import { parseProjection, project } from '../../src/scim/projection.ts'
import { clients, profiles, quirks, quirksOf } from '../../src/scim/quirks.ts'
import type { Quirk, QuirkName, Quirks } from '../../src/scim/quirks.ts'
import { outcome } from './outcome.ts'
import { enterprise, groupType, userType } from './types.ts'

const al: JsonObject = { userName: 'al', title: 'T', active: true, name: { familyName: 'L' } }
const team: JsonObject = { displayName: 'Team', members: [{ value: '{id}' }, { value: 'other' }] }

/** What each wire request is to lead to. */
const meant: Readonly<Record<QuirkName, Json>> = {
  capitalisedOp: { ...al, displayName: 'New Name' },
  stringBoolean: { ...al, active: false },
  pathlessDottedKey: { ...al, displayName: 'Al Doe', name: { familyName: 'L', givenName: 'Al' } },
  pathlessFilterKey: { ...al, emails: [{ type: 'work', value: 'al@example.com' }] },
  removeByValueList: { displayName: 'Team', members: [{ value: 'other' }] },
  createMissingElement: { ...al, phoneNumbers: [{ type: 'mobile', value: '+1 555 0100' }] },
  bareFilterValue: 'alice',
  stringManager: { ...al, [enterprise]: { manager: { value: '{id}' } } },
  emptyMeansAbsent: { userName: 'al', active: true, name: { familyName: 'L' } },
  foreignSchemas: { userName: 'alice' },
  objectForArray: { userName: 'alice', emails: [{ value: 'alice@example.com', type: 'work' }] },
  bareMemberValue: { displayName: 'Team', members: [{ value: '{id}' }] },
  attributesMinusExcluded: {},
  capitalisedKeys: { ...al, title: 'Chief' },
  scalarInArray: { ...al, displayName: 'Wrapped' },
  filteredAttributeName: { name: { familyName: 'L' } },
  bareExtensionName: { ...al, [enterprise]: { manager: { value: '{id}' } } },
}

/** The wire request as far as the language of SCIM goes: a resource, or the value that a filter compares with. */
function perform({ method, path, body }: Quirk['wire'], profile: Quirks): Json {
  const url = new URL(path, 'https://scim.example.com')
  const type = url.pathname.startsWith('/Groups') ? groupType : userType
  if (method === 'POST') return readResource(body ?? null, type, profile).resource
  const held = type === userType ? al : team
  if (method === 'PATCH') return applyPatch(held, parsePatch(body ?? null, type, profile), type)
  const filter = url.searchParams.get('filter')
  if (filter !== null) {
    const found = resolveFilter(parseFilter(filter, { bareValues: profile.has('bareFilterValue') }), type, profile)
    return found.kind === 'compare' ? found.value : null
  }
  const list = (name: string): readonly string[] => url.searchParams.get(name)?.split(',') ?? []
  const show = { attributes: list('attributes'), excludedAttributes: list('excludedAttributes') }
  return project(held, parseProjection(show, type, profile), type)
}

describe.each(quirks)('$name', (quirk) => {
  it('is understood under tolerant', () => {
    expect(perform(quirk.wire, quirksOf('tolerant') ?? new Set())).toEqual(meant[quirk.name])
  })

  it('is refused, or read otherwise, under strict', () => {
    const got = outcome(() => perform(quirk.wire, quirksOf('strict') ?? new Set()))
    expect(got).not.toEqual(meant[quirk.name])
  })

  it('does without the other quirks, and without it the others do not do', () => {
    const rest = new Set(quirks.map(({ name }) => name).filter((name) => name !== quirk.name))
    expect(outcome(() => perform(quirk.wire, rest))).not.toEqual(meant[quirk.name])
    // the key with a value filter names an element that is not there yet
    const needed = quirk.name === 'pathlessFilterKey' ? (['createMissingElement'] as const) : []
    expect(perform(quirk.wire, new Set([quirk.name, ...needed]))).toEqual(meant[quirk.name])
  })
})

describe('profiles', () => {
  it('has every quirk once', () => {
    expect(quirks.map(({ name }) => name).sort()).toEqual(Object.keys(meant).sort())
  })

  it('gives each client its own', () => {
    expect(quirksOf('tolerant')?.size).toBe(quirks.length)
    expect(quirksOf('strict')?.size).toBe(0)
    expect([...(quirksOf('jumpcloud') ?? [])]).toEqual(['removeByValueList'])
    expect([...(quirksOf('okta') ?? [])]).toEqual(['emptyMeansAbsent'])
    expect(profiles).toEqual(['tolerant', 'strict', ...clients])
  })

  it.each(['', 'Entra', '__proto__', 'constructor'])('knows no profile %j', (name) => {
    expect(quirksOf(name)).toBeUndefined()
  })
})
