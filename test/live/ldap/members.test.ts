import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import type { Client } from '../../wire/client.ts'
import { team } from '../../wire/people.ts'
import { dnOf, groupLdif, idOf, membersAt, numbered, personLdif, whole } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, kinds, ldapPlace } from './place.ts'

const add = (...ids: readonly string[]): object => ({
  op: 'add',
  path: 'members',
  value: ids.map((value) => ({ value })),
})
const remove = (id: string): object => ({ op: 'remove', path: `members[value eq "${id}"]` })

await describeServer('openldap', 'members of groups of a directory', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    let ids: ReadonlyMap<string, string>
    const people = numbered(1_100)
    const dns = (names: readonly string[]): readonly string[] =>
      names.map((name) => dnOf(name).replace('SUFFIX', place.directory.suffix)).sort()
    const group = (name: string): string => `cn=${name},ou=groups,${place.directory.suffix}`
    const id = (name: string): string => ids.get(name) ?? ''
    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        ldif: [
          ...people.map((name) => personLdif(name)),
          groupLdif('ten', people.slice(0, 10).map(dnOf)),
          groupLdif('thousand', people.slice(0, 1_000).map(dnOf)),
        ].join('\n'),
      })
      beside = place.directory.client()
      const all = await beside.search(`ou=people,${place.directory.suffix}`, {
        scope: 'one',
        attributes: ['uid', 'entryUUID'],
      })
      ids = new Map(all.map(({ values }) => [values['uid']?.[0] ?? '', values['entryUUID']?.[0] ?? '']))
    })
    afterAll(() => place.close())

    it('come and go with the same operations, however many there are, and none of them reads the members', async () => {
      const watch = await place.directory.watch()
      const newcomer = id('p1050')
      const asked: Record<string, readonly (readonly string[])[]> = {}
      for (const name of ['ten', 'thousand']) {
        const own = await idOf(place.client, 'Groups', name)
        const before = await membersAt(beside, group(name))
        const took: (readonly string[])[] = []
        for (const { operation, held, idle } of [
          { operation: add(newcomer), held: dns(['p1050']), idle: false },
          { operation: add(newcomer), held: dns(['p1050']), idle: true },
          { operation: remove(newcomer), held: [], idle: false },
          { operation: remove(newcomer), held: [], idle: true },
        ]) {
          const stamps = await whole(beside, group(name))
          await watch.take()
          expect((await place.client.patch(`/Groups/${own}`, operation)).status).toBe(204)
          const log = await watch.take()
          const reads = log.filter((one) => one.kind === 'search' && one.attributes.includes('member'))
          // a repeated request is refused by the server as a whole, and then these values alone are asked for
          expect(reads).toHaveLength(idle ? 1 : 0)
          if (idle) expect(await whole(beside, group(name))).toEqual(stamps)
          expect(await membersAt(beside, group(name))).toEqual([...before, ...held].sort())
          took.push(log.map(({ text }) => text.replaceAll(own, 'GROUP').replaceAll(`cn=${name},`, 'cn=NAME,')))
        }
        asked[name] = took
      }
      expect(asked['thousand']).toEqual(asked['ten'])
      // look-up, modify, and whether whoever is named has that name still; or, when it is idle, what is there already
      expect(asked['ten']?.map((log) => log.length)).toEqual([3, 3, 3, 4])
    })

    it.each([
      ['one bridge', 1],
      ['two bridges', 2],
    ])('come and go side by side through %s, as sets do', async (_name, count) => {
      const clients: readonly Client[] = count === 1 ? [place.client] : [place.client, await place.another()]
      const [staying, leaving, coming] = [people.slice(0, 20), people.slice(20, 70), people.slice(100, 150)]
      const name = `parallel-${count}`
      const own = idIn(await place.client.post('/Groups', team(name, [...staying, ...leaving].map(id))))
      const both = leaving.flatMap((gone, i) => [remove(id(gone)), add(id(coming[i] ?? ''))])
      const answers = await Promise.all(
        both.map((operation, i) => (clients[(i % 3) % count] ?? place.client).patch(`/Groups/${own}`, operation)),
      )
      expect(answers.map(({ status }) => status)).toEqual(both.map(() => 204))
      expect(await membersAt(beside, group(name))).toEqual(dns([...staying, ...coming]))
      const shown = (await place.client.get(`/Groups/${own}`)).body['members'] as readonly { value: string }[]
      expect(shown.map(({ value }) => value).sort()).toEqual([...staying, ...coming].map(id).sort())
    })

    it('are all gone and one by one back while others come and go', async () => {
      const own = idIn(await place.client.post('/Groups', team('last')))
      const few = people.slice(0, 4)
      // the last one goes and the first one comes: the placeholder is put and stays out of sight
      for (let round = 0; round < 5; round++) {
        const [one = '', ...others] = [...few.slice(round % 4), ...few.slice(0, round % 4)].map(id)
        const answers = await Promise.all([
          ...others.map((other) => place.client.patch(`/Groups/${own}`, add(other))),
          place.client.patch(`/Groups/${own}`, remove(one)),
        ])
        expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204])
        const shown = (await place.client.get(`/Groups/${own}`)).body['members'] as readonly { value: string }[]
        expect(shown.map(({ value }) => value).sort()).toEqual([...others].sort())
        await place.client.patch(`/Groups/${own}`, ...others.map(remove))
        expect((await place.client.get(`/Groups/${own}`)).body['members']).toEqual([])
      }
    })
  })
})
