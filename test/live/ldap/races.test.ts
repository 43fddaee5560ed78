import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { root } from '../../cli/process.ts'
import type { DirectoryClient, Found } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import type { Answer, Client } from '../../wire/client.ts'
import { patchOf, person, team, where } from '../../wire/people.ts'
import { idIn, kinds, ldapPlace } from './place.ts'
import type { LdapPlace } from './place.ts'

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
const tally = (answers: readonly Answer[]): Readonly<Record<number, number>> =>
  answers.reduce<Record<number, number>>((count, { status }) => ({ ...count, [status]: (count[status] ?? 0) + 1 }), {})
const shown = (answers: readonly Answer[]): string =>
  [...new Set(answers.map(({ status, text }) => `${status} ${text.slice(0, 300)}`))].join('\n')
const set = (path: string, value: unknown) => ({ op: 'replace', path, value })
const addMember = (value: string) => ({ op: 'add', path: 'members', value: [{ value }] })
const removeMember = (value: string) => ({ op: 'remove', path: `members[value eq "${value}"]` })

for (const [title, overlays] of kinds)
  await describeServer('openldap', `many at once on a directory ${title}`, (server) => {
    let place: LdapPlace
    let beside: DirectoryClient
    /** Two bridges with nothing in common but the directory. */
    let bridges: readonly [Client, Client]
    beforeAll(async () => {
      place = await ldapPlace(server, { overlays })
      beside = place.directory.client()
      bridges = [place.client, await place.another()]
    })
    afterAll(() => place?.close())
    const bridge = (i: number): Client => bridges[i % 2 === 0 ? 0 : 1]
    const make = async (userName: string, more: JsonObject = {}): Promise<string> =>
      idIn(await place.client.post('/Users', person(userName, more)))
    const below = (branch: string, filter: string, attributes: readonly string[] = []): Promise<readonly Found[]> =>
      beside.search(`ou=${branch},${place.directory.suffix}`, { scope: 'one', filter, attributes })
    const oneOf = (answers: readonly Answer[]): void => {
      expect(tally(answers), shown(answers)).toEqual({ 201: 1, 409: answers.length - 1 })
      for (const { status, body } of answers) if (status === 409) expect(body['scimType']).toBe('uniqueness')
    }
    /** Whom a group holds by the directory itself, the placeholder aside. */
    const namesIn = async (group: string): Promise<readonly string[]> => {
      const [found] = await below('groups', `(cn=${group})`, ['member'])
      return (found?.values['member'] ?? []).filter((dn) => dn.startsWith('uid=')).sort()
    }
    const dnOf = (uid: string): string => `uid=${uid},ou=people,${place.directory.suffix}`
    const idsIn = (answer: Answer): readonly string[] =>
      ((answer.body['members'] ?? []) as readonly JsonObject[]).map(({ value }) => String(value)).sort()

    it('makes one of fifty equal POSTs, to two bridges, whatever the case', async () => {
      const names = ['Fifty', 'fifty', 'FIFTY', 'fiFTy', 'fIfTy']
      oneOf(await Promise.all(times(50).map((i) => bridge(i).post('/Users', person(names[i % 5] ?? '')))))
      for (const one of bridges)
        expect((await one.get(`/Users${where('userName eq "fifty"')}`)).body['totalResults']).toBe(1)
      expect(await below('people', '(uid=fifty)')).toHaveLength(1)
      oneOf(await Promise.all(times(50).map((i) => bridge(i).post('/Groups', team(i % 4 < 2 ? 'Both' : 'bOTH')))))
      expect(await below('groups', '(cn=both)')).toHaveLength(1)
    })

    it('gives one name to one of twenty people who want it', async () => {
      const ids = await Promise.all(times(20).map((i) => make(`wants-${i}`)))
      const answers = await Promise.all(
        ids.map((id, i) => bridge(i).patch(`/Users/${id}`, set('userName', i % 4 < 2 ? 'wanted' : 'Wanted'))),
      )
      expect(tally(answers), shown(answers)).toEqual({ 200: 1, 409: 19 })
      expect(await below('people', '(uid=wanted)')).toHaveLength(1)
      expect(await below('people', '(uid=wants-*)')).toHaveLength(19)
    })

    it('adds fifty members and removes fifty others', async () => {
      const ids = await Promise.all(times(110).map((i) => make(`member-${i}`)))
      const path = `/Groups/${idIn(await place.client.post('/Groups', team('Crowd', ids.slice(50))))}`
      const answers = await Promise.all(
        ids.slice(0, 100).map((id, i) => bridge(i).patch(path, i < 50 ? addMember(id) : removeMember(id))),
      )
      expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([])
      expect(idsIn(await place.client.get(path))).toEqual([...ids.slice(0, 50), ...ids.slice(100)].sort())
      expect(await namesIn('Crowd')).toHaveLength(60)
    })

    it('empties a group from both sides while others come in', async () => {
      const ids = await Promise.all(times(20).map((i) => make(`coming-${i}`)))
      const path = `/Groups/${idIn(await place.client.post('/Groups', team('Doors', ids.slice(0, 10))))}`
      for (let round = 0; round < 4; round++) {
        const isIn = (i: number): boolean => i < 10 === (round % 2 === 0)
        const answers = await Promise.all(
          ids.map((id, i) => bridge(i).patch(path, isIn(i) ? removeMember(id) : addMember(id))),
        )
        expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([])
        expect(idsIn(await place.client.get(path))).toEqual(ids.filter((_, i) => !isIn(i)).sort())
      }
    })

    it('lets one of sixteen through that have the same If-Match', async () => {
      const id = await make('guarded')
      const version = String((await place.client.get(`/Users/${id}`)).headers.etag)
      const answers = await Promise.all(
        times(16).map((i) =>
          bridge(i).send('PATCH', `/Users/${id}`, {
            body: patchOf(set('title', `t${i}`)),
            headers: { 'if-match': version },
          }),
        ),
      )
      expect(tally(answers), shown(answers)).toEqual({ 200: 1, 412: 15 })
      const winner = answers.find(({ status }) => status === 200)
      expect((await place.client.get(`/Users/${id}`)).body['title']).toBe(winner?.body['title'])
    })

    it('keeps the other side of a membership that was written with If-Match', async () => {
      const id = await make('both-sides')
      const path = `/Groups/${idIn(await place.client.post('/Groups', team('Sides')))}`
      const headers = { 'if-match': String((await place.client.get(path)).headers.etag) }
      const answer = await place.client.send('PATCH', path, { body: patchOf(addMember(id)), headers })
      expect(answer.status, answer.text).toBe(204)
      const groups = async (): Promise<unknown> =>
        ((await place.client.get(`/Users/${id}`)).body['groups'] as readonly JsonObject[] | undefined)?.map(
          ({ display }) => display,
        )
      expect(await groups()).toEqual(['Sides'])
      expect((await place.client.send('PATCH', path, { body: patchOf(removeMember(id)), headers })).status).toBe(412)
      expect((await place.client.delete(path)).status).toBe(204)
      expect(await groups()).toBeUndefined()
    })

    it('deletes, or renames, but once, by If-Match', async () => {
      for (const round of times(4)) {
        const id = await make(`either-${round}`)
        const headers = { 'if-match': String((await place.client.get(`/Users/${id}`)).headers.etag) }
        const answers = await Promise.all([
          ...times(4).map((i) => bridge(i).send('DELETE', `/Users/${id}`, { headers })),
          ...times(4).map((i) =>
            bridge(i).send('PATCH', `/Users/${id}`, { body: patchOf(set('userName', `or-${round}-${i}`)), headers }),
          ),
        ])
        const done = answers.filter(({ status }) => status < 300)
        expect(done, shown(answers)).toHaveLength(1)
        for (const { status } of answers) if (status >= 300) expect([404, 412], shown(answers)).toContain(status)
        expect((await place.client.get(`/Users/${id}`)).status).toBe(done[0]?.status === 204 ? 404 : 200)
      }
    })

    it('loses none of sixteen PATCHes of distinct attributes', async () => {
      const id = await make('busy')
      const paths = ['title', 'name.givenName', 'name.familyName', 'displayName', 'preferredLanguage']
      const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
      const all = [...paths, `${enterprise}:department`, `${enterprise}:employeeNumber`]
      const answers = await Promise.all(all.map((path, i) => bridge(i).patch(`/Users/${id}`, set(path, 'fr'))))
      expect(tally(answers), shown(answers)).toEqual({ 200: all.length })
      const { body } = await place.client.get(`/Users/${id}`)
      expect(body).toMatchObject({
        ...{ title: 'fr', displayName: 'fr', preferredLanguage: 'fr', name: { givenName: 'fr', familyName: 'fr' } },
        [enterprise]: { department: 'fr', employeeNumber: 'fr' },
      })
    })

    it('ends with one of the values when all write the same attribute', async () => {
      const id = await make('contested')
      const answers = await Promise.all(times(32).map((i) => bridge(i).patch(`/Users/${id}`, set('title', `v${i}`))))
      expect(tally(answers), shown(answers)).toEqual({ 200: 32 })
      const [found] = await below('people', '(uid=contested)', ['title'])
      expect(found?.values['title']).toHaveLength(1)
      expect((await place.client.get(`/Users/${id}`)).body['title']).toBe(found?.values['title']?.[0])
    })

    it('creates and deletes one name in turns, and leaves one person or none', async () => {
      const created = new Set<string>()
      const gone = new Set<string>()
      await Promise.all(
        times(8).map(async (i) => {
          for (const _round of times(6)) {
            const made = await bridge(i).post('/Users', person('turns'))
            expect([201, 409], made.text).toContain(made.status)
            if (made.status === 201) created.add(String(made.body['id']))
            const found = await bridge(i).get(`/Users${where('userName eq "turns"')}`)
            expect(found.status, found.text).toBe(200)
            for (const { id } of (found.body['Resources'] ?? []) as readonly JsonObject[]) {
              const deleted = await bridge(i).delete(`/Users/${String(id)}`)
              expect([204, 404], deleted.text).toContain(deleted.status)
              if (deleted.status === 204) gone.add(String(id))
            }
          }
        }),
      )
      const left = [...created].filter((id) => !gone.has(id))
      const entries = await below('people', '(uid=turns)', ['entryUUID'])
      expect(entries.map(({ values }) => values['entryUUID']?.[0])).toEqual(left)
      expect(created.size).toBeGreaterThan(1)
    })

    it('keeps every membership while members are renamed', async () => {
      const ids = await Promise.all(times(16).map((i) => make(`maiden-${i}`)))
      const path = `/Groups/${idIn(await place.client.post('/Groups', team('Married')))}`
      const answers = await Promise.all(
        ids.flatMap((id, i) => [
          bridge(i).patch(path, addMember(id)),
          bridge(i + (i % 4 < 2 ? 1 : 0)).patch(`/Users/${id}`, set('userName', `married-${i}`)),
        ]),
      )
      expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([])
      expect(idsIn(await place.client.get(path))).toEqual([...ids].sort())
      expect(await namesIn('Married')).toEqual(
        times(16)
          .map((i) => dnOf(`married-${i}`))
          .sort(),
      )
    })

    it('takes nobody back who leaves while renamed', async () => {
      const ids = await Promise.all(times(16).map((i) => make(`leaving-${i}`)))
      const path = `/Groups/${idIn(await place.client.post('/Groups', team('Left', ids)))}`
      const answers = await Promise.all(
        ids.flatMap((id, i) => [
          bridge(i).patch(`/Users/${id}`, set('userName', `left-${i}`)),
          bridge(i).patch(path, removeMember(id)),
        ]),
      )
      expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([])
      expect(await namesIn('Left')).toEqual([])
      expect(idsIn(await place.client.get(path))).toEqual([])
    })

    it('takes a member in or says that the person is gone, whichever comes first', async () => {
      const ids = await Promise.all(times(16).map((i) => make(`fleeting-${i}`)))
      const path = `/Groups/${idIn(await place.client.post('/Groups', team('Fleeting')))}`
      await Promise.all(
        ids.map(async (id, i) => {
          const [added, deleted] = await Promise.all([
            bridge(i).patch(path, addMember(id)),
            bridge(i + (i % 4 < 2 ? 1 : 0)).delete(`/Users/${id}`),
          ])
          expect([200, 204, 400], added.text).toContain(added.status)
          expect(deleted.status, deleted.text).toBe(204)
        }),
      )
      expect(await namesIn('Fleeting')).toEqual([])
      expect(idsIn(await place.client.get(path))).toEqual([])
    })
  })

await describeServer('openldap', 'numbers of a counter', (server) => {
  it('are given once each, by two bridges', async () => {
    const mapping = readFileSync(join(root, 'mappings/posix.yaml'), 'utf8')
    const next = (name: string, attribute: string): string => `dn: cn=${name},ou=counters,SUFFIX
objectClass: device
objectClass: extensibleObject
cn: ${name}
${attribute}: 20000
`
    const place = await ldapPlace(server, {
      overlays: false,
      mapping: () => mapping,
      ldif: `${next('uidNext', 'uidNumber')}\n${next('gidNext', 'gidNumber')}`,
    })
    try {
      const bridges = [place.client, await place.another()]
      const answers = await Promise.all(times(50).map((i) => bridges[i % 2]!.post('/Users', person(`login-${i}`))))
      expect(tally(answers), shown(answers)).toEqual({ 201: 50 })
      const found = await place.directory
        .client()
        .search(`ou=people,${place.directory.suffix}`, { scope: 'one', attributes: ['uidNumber'] })
      const numbers = found.map(({ values }) => Number(values['uidNumber']?.[0])).sort((a, b) => a - b)
      expect(numbers).toEqual(times(50).map((i) => 20_000 + i))
    } finally {
      await place.close()
    }
  })
})
