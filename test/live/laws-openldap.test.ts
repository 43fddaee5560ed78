import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import type { Schema } from '../../src/backends/ldap/schema.ts'
import { schemaFrom } from '../../src/backends/ldap/subschema.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import type { Store } from '../../src/plan/port.ts'
import type { ScimFilter } from '../../src/scim/filter.ts'
import { printFilter } from '../../src/scim/filter-print.ts'
import { kitDirectory } from '../kit/directory.ts'
import type { KitDirectory } from '../kit/directory.ts'
import { drafts, seed } from '../laws/arbitraries.ts'
import type { Draft, Extra } from '../laws/arbitraries.ts'
import { directoryMutants, withNumbers } from '../laws/directory-mutants.ts'
import { asksAlike, directoryWords, held, named } from '../laws/directory-words.ts'
import { filterDrafts, instantiate } from '../laws/filter-drafts.ts'
import type { FilterDraft } from '../laws/filter-drafts.ts'
import { faithful, snapshot } from '../laws/mutants.ts'
import { answered, firstMismatch, look, populate, subjectOf, typeNamed } from '../laws/world.ts'
import type { Subject, Tally, World } from '../laws/world.ts'
import { withServer, skipped } from '../servers/with-server.ts'

/** What the entries hold besides what the bridge would write: legacy data. */
const legacy: Extra = { employeeType: ['E', 'C', 'e', 'Z'] }
const groupNames = ['Alpha', 'b%', 'é', '*', 'empty']

interface Stand {
  readonly store: Store
  readonly catalog: Catalog
  readonly users: World
  readonly groups: World
}

const server = await withServer('openldap')
if ('missing' in server) skipped('openldap', 'the laws on OpenLDAP', server)
else
  describe('the laws on OpenLDAP', () => {
    const opened: KitDirectory[] = []
    const stands = new Map<string, Stand>()
    let schema: Schema
    const stand = (name: string): Stand => {
      const found = stands.get(name)
      if (found === undefined) throw new Error(`no ${name}`)
      return found
    }

    beforeAll(async () => {
      for (const overlays of [true, false]) opened.push(await kitDirectory(server, overlays))
      const [first, second] = opened as [KitDirectory, KitDirectory]
      const said = await first.directory
        .client()
        .search('cn=Subschema', { scope: 'base', attributes: ['attributeTypes', 'objectClasses'] })
      schema = schemaFrom({
        attributeTypes: said[0]?.values['attributeTypes'] ?? [],
        objectClasses: said[0]?.values['objectClasses'] ?? [],
      })
      const people = peopleOf(first.catalog, schema)
      expect(people.length).toBeGreaterThan(60)
      stands.set('overlays', await standOf(first.store, first.catalog, people))
      stands.set('bare', await standOf(second.store, second.catalog, people))
      stands.set('memory', await standOf(bindMemory(first.catalog), first.catalog, people))
    }, 120_000)
    afterAll(() => Promise.all(opened.map((one) => one.close())))

    /** Anything, and more of what few attributes have: exact case, and groups in groups. */
    const ofUsers = (without: readonly string[] = ['externalId'], numRuns = 2_400): readonly FilterDraft[] => {
      const { type } = stand('memory').users.mapping
      const all = [
        ...type.common,
        ...type.schema.attributes,
        ...type.extensions.flatMap((one) => one.schema.attributes),
      ]
      const others = all.map((one) => one.name).filter((name) => name !== 'code' && name !== 'groups')
      return [
        ...fc.sample(filterDrafts(type, without, directoryWords), { numRuns, seed }),
        ...fc.sample(filterDrafts(type, others, directoryWords), { numRuns: 200, seed }),
      ]
    }
    const ofGroups = (without: readonly string[] = ['externalId'], numRuns = 300): readonly FilterDraft[] =>
      fc.sample(filterDrafts(stand('memory').groups.mapping.type, without, directoryWords), { numRuns, seed })

    for (const name of ['overlays', 'bare']) {
      it(`selects what the filter means: ${name}`, async () => {
        const { store, users, groups } = stand(name)
        const tally: Tally = { filters: 0, pushed: 0, nonEmpty: 0 }
        const of = subjectOf(store, users.mapping)
        expect(await firstMismatch(users, of, ofUsers(), tally, asksAlike)).toBeUndefined()
        const group = subjectOf(store, groups.mapping)
        expect(await firstMismatch(groups, group, ofGroups(), tally, asksAlike)).toBeUndefined()
        expect(tally.filters).toBeGreaterThan(2_000)
        expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.3)
        expect(tally.pushed / tally.filters).toBeGreaterThan(0.3)
      }, 240_000)
    }

    it('holds the same people with overlays, bare and in memory', () => {
      const [first, ...others] = [...stands.values()].map(({ users, groups }) =>
        [users, groups].map(({ resources }) => [...resources.values()].map(contentOf).sort()),
      )
      for (const other of others) expect(other).toEqual(first)
    })

    it('gives the same answers with overlays, bare and in memory', async () => {
      let asked = 0
      for (const [type, of] of [
        ['users', ofUsers(['externalId', 'meta'], 700)],
        ['groups', ofGroups(['externalId', 'meta'], 150)],
      ] as const)
        for (const draft of of) {
          const answers = new Map<string, readonly string[]>()
          let text = ''
          for (const [name, { store, ...worlds }] of stands) {
            const world = worlds[type]
            const filter = instantiate(draft, world.mapping.type, world.pool)
            if (filter === undefined || !asksAlike(filter) || !isOfContent(filter)) continue
            text = printFilter(filter)
            const found = await answered(world, subjectOf(store, world.mapping), filter)
            answers.set(name, found.map((one) => String(one['userName'] ?? one['displayName'])).sort())
          }
          if (answers.size === 0) continue
          asked++
          const [first, ...others] = [...answers]
          expect(answers.size, text).toBe(stands.size)
          for (const [name, found] of others) expect(found, `${name}: ${text}`).toEqual(first?.[1])
        }
      expect(asked).toBeGreaterThan(500)
    }, 240_000)

    describe('mutants', () => {
      const subject = (bend: Parameters<typeof snapshot>[1]): [World, Subject] => {
        const { users } = stand('overlays')
        return [users, snapshot(withNumbers(schema, users), bend)]
      }
      const eq = (name: string, text: string): FilterDraft => ({
        kind: 'compare',
        path: { urn: undefined, name, sub: undefined },
        op: 'eq',
        value: { kind: 'text', text },
      })
      /** Ids of groups where those of people are meant, too; and what is a star to whoever does not escape. */
      const all = (): readonly FilterDraft[] => [
        ...ofUsers(),
        ...[...stand('overlays').users.resources.keys()].map((id) => eq('id', `g${id.slice(1)}`)),
        ...['userName', 'displayName', 'title', 'nickName', 'locale', 'timezone'].map((name) => eq(name, '\\2a')),
      ]

      it('spares the faithful one', async () => {
        const [users, one] = subject(faithful)
        expect(await firstMismatch(users, one, all(), undefined, asksAlike)).toBeUndefined()
      }, 60_000)

      it.each([
        'a range without an ordering rule, sent',
        'a value that does not fit its syntax, sent',
        'an id that is no UUID, sent',
        'a reference to nobody, sent',
        'a star that is not escaped',
        'a backslash that is not escaped',
        'an id of another type',
      ])(
        'refutes %s',
        async (name) => {
          const bend = directoryMutants(schema)[name]
          if (bend === undefined) throw new Error('no such mutant')
          const [users, one] = subject(bend)
          expect(await firstMismatch(users, one, all(), undefined, asksAlike)).toBeDefined()
        },
        60_000,
      )
    })
  })

function peopleOf(catalog: Catalog, schema: Schema): readonly Draft[] {
  const all = fc.sample(drafts(typeNamed(catalog, 'User'), legacy, ['userName']), { numRuns: 200, seed })
  const people = named(
    schema,
    'uid',
    all.map((draft) => held(schema, draft, true)),
  )
  // the links of the first say which groups are inside the others
  return people.slice(0, 90).map((draft, i) => (i === 0 ? { ...draft, links: [0, 1, 2] } : draft))
}

async function standOf(store: Store, catalog: Catalog, people: readonly Draft[]): Promise<Stand> {
  await populate(store, catalog, people, groupNames)
  const users = await look(store, typeNamed(catalog, 'User'))
  const groups = await look(store, typeNamed(catalog, 'Group'))
  const names = new Map<unknown, string>(
    [...users.resources, ...groups.resources].map(([id, one]) => [id, String(one['userName'] ?? one['displayName'])]),
  )
  return { store, catalog, users: inOrder(users, names), groups: inOrder(groups, names) }
}

/** A resource without what each directory makes by itself: ids, and when it was made; lists without their order. */
const contentOf = ({ id: _, meta: __, ...own }: JsonObject): string =>
  JSON.stringify(own, (key, value: Json) => {
    if (key === '$ref') return undefined
    if (key === 'value') return idless(value)
    return isArray(value)
      ? value.map((one) => (isObject(one) ? { ...one, value: idless(one['value']) } : one)).sort(byText)
      : value
  })

const idless = (value: Json | undefined): Json => (/^[ug]([0-9a-f-]{36}|\d+)$/.test(String(value)) ? '' : (value ?? ''))
const byText = (a: Json, b: Json): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** What is picked from the records is picked from the same ones everywhere, whatever their ids and their order are. */
function inOrder(world: World, names: ReadonlyMap<unknown, string>): World {
  const textOf = (held: unknown): string => names.get(held) ?? String(held)
  const pool = [...world.pool].map(
    ([key, held]) => [key, held.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1))] as const,
  )
  return { ...world, pool: new Map(pool) }
}

/** Ids are made by each directory, so that all that can be asked alike is whether one is this one. */
function isOfContent(filter: ScimFilter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.of.every(isOfContent)
    case 'not':
      return isOfContent(filter.of)
    case 'some':
      return isOfContent(filter.where)
    case 'compare': {
      const { attribute, sub } = filter.attr
      const isId =
        attribute.name === 'id' ||
        (['manager', 'groups', 'members'].includes(attribute.name) &&
          (sub === undefined || ['value', '$ref'].includes(sub.name)))
      return !isId || filter.op === 'eq' || filter.op === 'ne'
    }
    case 'present':
    case 'true':
    case 'false':
      return true
  }
}
