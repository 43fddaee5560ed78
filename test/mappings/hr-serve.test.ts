import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlayground } from '../../src/cli/playground.ts'
import type { Playground } from '../../src/cli/playground.ts'
import { clientOf } from '../servers/client.ts'
import type { SqlClient } from '../servers/client.ts'
import { describeServer } from '../servers/with-server.ts'
import { folder } from './fixture.ts'

type Body = Readonly<Record<string, unknown>>
interface Reply {
  readonly status: number
  readonly body: Body
}

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** What the two legacy systems call the same things. */
const systems = {
  mariadb: {
    name: 'hr-mysql',
    extension: 'urn:example:brevik:scim:schemas:extension:crew:2.0:User',
    numberOf: 'seafarerNumber',
    people: 14,
    roles: 4,
    // [path, value, what the answer names]
    unfit: [
      ['name.familyName', 'Łukaszewicz', 'familyName'],
      ['name.familyName', 'x'.repeat(41), 'familyName'],
      ['title', 'Captain 😀', 'title'],
      ['userName', 'Ωmega', 'userName'],
      ['userName', 'x'.repeat(33), 'userName'],
    ],
    seen: { id: '12', userName: 'åsørensen', number: '57810000123456789', manager: '11', department: 'Deck' },
    noSuperior: '17',
    machine: '1',
    outsider: 'tax',
    deleted: '22',
    odd: { id: '18', active: false },
    behind: `UPDATE employee_email SET address = 'gro@brevik.test' WHERE emp_id = 11 AND kind = 'home'`,
    core: 'role-1',
    team: 'role-3',
    hired: { none: '11', some: ['13', '2007-07-01T00:00:00Z'] },
    rows: {
      person: `SELECT p.kind, p.created_by, e.category, e.family_name, e.sort_name, e.status, e.deleted, e.badge_no, e.boss_badge,
                 e.dept_id AS dept, a.login, a.login_lower, length(a.token) AS token
               FROM party p JOIN employee e ON e.emp_id = p.party_id JOIN account a ON a.emp_id = e.emp_id WHERE p.party_id = :id`,
      member: `SELECT granted_by FROM role_holder WHERE emp_id = :id`,
      extra: `SELECT name, value FROM employee_extra WHERE emp_id = :id ORDER BY name`,
      history: `SELECT what FROM employee_history WHERE emp_id = :id ORDER BY hist_id`,
    },
    created: {
      kind: 'person',
      created_by: 'scim',
      category: 'shore',
      family_name: "O'Brien",
      sort_name: "o'brien sinead",
      status: 'active',
      deleted: 0,
      badge_no: 'BF-0100',
      boss_badge: 'BF-0001',
      dept: 2,
      login: 'SOBrien',
      login_lower: 'sobrien',
      token: 32,
    },
    gone: { status: 'left', deleted: 1 },
    badge: 'BF-0100',
    department: 'Deck',
    boss: '11',
    extras: [
      { name: 'cost_centre', value: '777' },
      { name: 'language', value: 'ga-IE' },
    ],
    history: ['hired', 'role', 'status', 'role', 'status', 'deleted'],
  },
  postgres: {
    name: 'hr-postgres',
    extension: 'urn:example:brevik:scim:schemas:extension:harbour:2.0:User',
    numberOf: 'pilotNumber',
    people: 14,
    roles: 4,
    unfit: [
      ['name.familyName', 'x'.repeat(61), 'familyName'],
      ['userName', 'x'.repeat(41), 'userName'],
      ['title', 'a\u0000b', 'title'],
    ],
    seen: { id: '112', userName: 'Ångström', number: '12345678901234567890', manager: '111', department: 'Pilots' },
    noSuperior: '117',
    machine: '101',
    outsider: 'tax',
    deleted: '122',
    odd: { id: '119', active: false },
    behind: `UPDATE staff.email SET address = 'ingrid@brevik.test' WHERE person_id = 111 AND "kindOf" = 'home'`,
    core: 'team-0b5c7d4e-1a2f-4c3b-8d9e-000000000001',
    team: 'team-0b5c7d4e-1a2f-4c3b-8d9e-000000000003',
    hired: { none: '111', some: ['113', '2014-10-27T00:00:00Z'] },
    rows: {
      person: `SELECT p.created_by, e.origin, p.family_name, p.search_name, e.state::text AS state, e.erased_at IS NULL AS kept, rtrim(e.badge) AS badge,
                 rtrim(e.boss_badge) AS boss_badge, e.dept_no AS dept, u.login, u.login_lower, length(u.api_key::text) AS token
               FROM staff.person p JOIN staff.employee e USING (person_id) JOIN staff."user" u USING (person_id) WHERE p.person_id = :id`,
      member: `SELECT granted_by FROM staff.team_member WHERE person_id = :id`,
      extra: `SELECT name, value FROM staff.extra WHERE person_id = :id ORDER BY name`,
      history: `SELECT what FROM staff.history WHERE person_id = :id ORDER BY history_id`,
    },
    created: {
      created_by: 'scim',
      origin: 'staff',
      family_name: "O'Brien",
      search_name: "sinead o'brien",
      state: 'active',
      kept: true,
      badge: 'H-100',
      boss_badge: 'H-1',
      dept: 30,
      login: 'SOBrien',
      login_lower: 'sobrien',
      token: 36,
    },
    gone: { state: 'left', kept: false },
    badge: 'H-100',
    department: 'Pilots',
    boss: '111',
    extras: [
      { name: 'cost centre', value: '777' },
      { name: 'language', value: 'ga-IE' },
    ],
    history: ['team', 'state', 'team', 'locked', 'erased_at', 'state'],
  },
} as const

for (const kind of ['mariadb', 'postgres'] as const) {
  const system = systems[kind]
  await describeServer(kind, `${system.name}, served`, (server) => {
    let playground: Playground
    let client: SqlClient
    beforeAll(async () => {
      playground = await startPlayground(system.name, {
        empty: false,
        mappings: folder,
        env: { SCIM_BRIDGE_PLAYGROUND_URL: server.adminUrl },
        observe: () => undefined,
      })
      const { database } = playground.info['backend'] as { readonly database: string }
      client = clientOf(server, server.admin, database)
    }, 30_000)
    afterAll(async () => {
      await client.close()
      await playground.stop()
    })

    const send = async (method: string, path: string, body?: Body, headers: Body = {}): Promise<Reply> => {
      const response = await fetch(playground.url + path, {
        method,
        headers: {
          authorization: `Bearer ${playground.token}`,
          'content-type': 'application/scim+json',
          ...(headers as Record<string, string>),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Body) }
    }
    const find = async (endpoint: string, filter: string): Promise<readonly Body[]> => {
      const { status, body } = await send('GET', `${endpoint}?filter=${encodeURIComponent(filter)}`)
      expect(status).toBe(200)
      return (body['Resources'] ?? []) as readonly Body[]
    }
    const patch = (path: string, ...operations: readonly Body[]): Promise<Reply> =>
      send('PATCH', path, { schemas: [patchOp], Operations: operations })
    const rows = (which: keyof typeof system.rows, id: string): Promise<readonly Body[]> =>
      client.sql(system.rows[which].replace(':id', String(Number(id))))

    describe('what is there', () => {
      it('shows the people of its scope and no others', async () => {
        const users = await send('GET', '/Users?count=100')
        expect(users.body).toMatchObject({ totalResults: system.people })
        const ids = (users.body['Resources'] as readonly Body[]).map((one) => one['id'])
        expect(ids).not.toContain(system.deleted)
        expect(ids).toContain(system.machine)
        expect((await send('GET', `/Users/${system.deleted}`)).status).toBe(404)
        expect((await send('GET', '/Groups?count=100')).body).toMatchObject({ totalResults: system.roles })
      })

      it('reads a person from all the tables', async () => {
        const { seen, extension, numberOf } = system
        const { body } = await send('GET', `/Users/${seen.id}`)
        expect(body).toMatchObject({
          id: seen.id,
          userName: seen.userName,
          active: true,
          [enterprise]: { department: seen.department, manager: { value: seen.manager } },
          [extension]: { [numberOf]: seen.number },
        })
      })

      it.each([
        ['userName eq "%u"', true],
        ['userName eq "%U"', true],
        ['userName sw "%s"', true],
        ['%x:%n eq "%d"', true],
        ['%x:%n eq "57810000123456788"', false],
        ['%e:department eq "%p"', true],
        ['%e:manager.value eq "%m"', true],
        ['active eq true and %e:department eq "%p"', true],
        ['%x:hired lt "2001-01-01T00:00:00Z"', true],
        ['groups.display co "a"', true],
      ])('finds that person by %s: %s', async (pattern, isFound) => {
        const { seen, extension, numberOf } = system
        const filter = pattern
          .replace('%u', seen.userName)
          .replace('%U', seen.userName.toUpperCase())
          .replace('%s', seen.userName.slice(0, 3))
          .replace('%x', extension)
          .replace('%n', numberOf)
          .replace('%d', seen.number)
          .replace('%e', enterprise)
          .replace('%p', seen.department)
          .replace('%m', seen.manager)
        const ids = (await find('/Users', filter)).map((one) => one['id'])
        expect(ids.includes(seen.id)).toBe(isFound)
      })

      it('takes a date that is none for nothing', async () => {
        const { none, some } = system.hired
        expect((await send('GET', `/Users/${none}`)).body[system.extension]).not.toHaveProperty('hired')
        expect((await send('GET', `/Users/${some[0]}`)).body[system.extension]).toMatchObject({ hired: some[1] })
      })

      it('shows no superior where the badge leads to nobody, and who is not active', async () => {
        const { body } = await send('GET', `/Users/${system.noSuperior}`)
        expect(body[enterprise]).not.toHaveProperty('manager')
        expect((await send('GET', `/Users/${system.odd.id}`)).body).toMatchObject({ active: system.odd.active })
      })

      it('lets nobody have a name that somebody outside holds', async () => {
        const reply = await send('POST', '/Users', { schemas: [core], userName: system.outsider.toUpperCase() })
        expect(reply).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
      })
    })

    it.each(system.unfit as readonly (readonly [path: string, value: string, named: string])[])(
      'refuses what a column cannot hold: %s',
      async (path, value, named) => {
        const before = await rows('person', system.seen.id)
        const reply = await patch(`/Users/${system.seen.id}`, { op: 'replace', path, value })
        expect(reply).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
        expect(reply.body['detail']).toContain(named)
        expect(await rows('person', system.seen.id)).toEqual(before)
      },
    )

    describe('machines and administrators', () => {
      it.each([
        ['deactivated', { op: 'replace', path: 'active', value: false }],
        ['renamed', { op: 'replace', path: 'userName', value: 'somebody' }],
        ['given a password', { op: 'replace', path: 'password', value: 'a-Password-1' }],
      ])('are not %s', async (_what, operation) => {
        const reply = await patch(`/Users/${system.machine}`, operation)
        expect(reply.status).toBe(403)
        expect(reply.body['detail']).toContain('belongs to a machine')
      })

      it('are not deleted, nor taken out of a group', async () => {
        expect((await send('DELETE', `/Users/${system.machine}`)).status).toBe(403)
        const path = `members[value eq "${system.machine}"]`
        expect((await patch(`/Groups/${system.core}`, { op: 'remove', path })).status).toBe(403)
        expect((await send('DELETE', `/Groups/${system.core}`)).status).toBe(403)
      })

      it('may be changed otherwise', async () => {
        const reply = await patch(`/Users/${system.machine}`, { op: 'replace', path: 'title', value: 'Nightly' })
        expect(reply.status).toBeLessThan(300)
      })
    })

    it('carries a person from the first day to the last', async () => {
      const user = {
        schemas: [core, enterprise, system.extension],
        userName: 'SOBrien',
        externalId: 'ext-1',
        name: { givenName: 'Sinéad', familyName: "O'Brien" },
        active: true,
        emails: [
          { value: 's.obrien@example.com', type: 'work', primary: true },
          { value: 'sinead@example.org', type: 'home' },
        ],
        phoneNumbers: [{ value: '+47 900 00 100', type: 'mobile' }],
        preferredLanguage: 'ga-IE',
        password: 'correct-Horse-1',
        [enterprise]: {
          employeeNumber: system.badge,
          department: system.department,
          costCenter: '777',
          manager: { value: system.boss },
        },
        [system.extension]: { share: 0.75, [system.numberOf]: '18446744073709551614', hired: '2026-03-01T00:00:00Z' },
      }
      const made = await send('POST', '/Users', user)
      expect(made).toMatchObject({ status: 201, body: { ...omit(user, 'password', 'schemas', enterprise) } })
      expect(made.body[enterprise]).toMatchObject({ employeeNumber: system.badge, manager: { value: system.boss } })
      const id = String(made.body['id'])
      expect(await rows('person', id)).toEqual([system.created])
      expect(await rows('extra', id)).toEqual(system.extras)
      expect((await send('POST', '/Users', user)).status).toBe(409)
      expect((await find('/Users', 'externalId eq "ext-1"')).map((one) => one['id'])).toEqual([id])

      const member = { op: 'add', path: 'members', value: [{ value: id }] }
      expect((await patch(`/Groups/${system.team}`, member)).status).toBeLessThan(300)
      expect(await rows('member', id)).toEqual([{ granted_by: 'scim' }])
      expect((await send('GET', `/Users/${id}`)).body['groups']).toMatchObject([{ value: system.team }])

      const off = await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })
      expect(off.status).toBeLessThan(300)
      expect((await send('GET', `/Users/${id}`)).body).toMatchObject({ active: false })

      expect((await send('DELETE', `/Users/${id}`)).status).toBe(204)
      expect((await send('GET', `/Users/${id}`)).status).toBe(404)
      expect(await rows('person', id)).toMatchObject([system.gone])
      expect(await rows('member', id)).toEqual([])
      expect((await rows('history', id)).map((row) => row['what'])).toEqual(system.history)
    })

    it('keeps copies and derived columns when a person is renamed, and moves the version for a change behind it', async () => {
      const made = await send('POST', '/Users', { schemas: [core], userName: 'First', name: { familyName: 'Øst' } })
      const id = String(made.body['id'])
      const before = (await send('GET', `/Users/${id}`)).body['meta'] as Body
      await patch(
        `/Users/${id}`,
        { op: 'replace', path: 'userName', value: 'Second' },
        { op: 'replace', path: 'name', value: { givenName: 'Åge', familyName: 'Vest' } },
      )
      const searched = kind === 'mariadb' ? { sort_name: 'vest age' } : { search_name: 'age vest' }
      expect(await rows('person', id)).toMatchObject([{ login: 'Second', login_lower: 'second', ...searched }])
      const after = (await send('GET', `/Users/${id}`)).body['meta'] as Body
      expect(after['version']).not.toBe(before['version'])
    })

    it('keeps rows whose columns must be filled, whatever of them a client leaves out', async () => {
      const work = { value: 'a@example.com', type: 'work' }
      const home = { value: 'b@example.com', type: 'home' }
      const user = { schemas: [core], userName: 'rows', name: { familyName: 'Rows' }, emails: [work] }
      const id = String((await send('POST', '/Users', user)).body['id'])
      const emails = async (): Promise<unknown> => (await send('GET', `/Users/${id}`)).body['emails']
      const at = `/Users/${id}`
      expect(await emails()).toEqual([{ ...work, primary: false }])
      await patch(at, { op: 'add', path: 'emails', value: [{ ...home, primary: true }] })
      expect(await emails()).toEqual([
        { ...work, primary: false },
        { ...home, primary: true },
      ])
      await patch(at, { op: 'replace', path: 'emails[type eq "work"].primary', value: true })
      expect(await emails()).toEqual([
        { ...work, primary: true },
        { ...home, primary: false },
      ])
      const put = await send('PUT', at, { ...user, emails: [work, home] })
      expect(put.body['detail']).toBeUndefined()
      expect(await emails()).toEqual([
        { ...work, primary: false },
        { ...home, primary: false },
      ])
      const phones = {
        op: 'add',
        path: 'phoneNumbers',
        value: [
          { value: '+47 1', type: 'work' },
          { value: '+47 1', type: 'mobile' },
        ],
      }
      expect((await patch(at, phones)).status).toBeLessThan(300)
      expect((await patch(at, phones)).status).toBeLessThan(300)
      expect((await send('GET', at)).body['phoneNumbers']).toHaveLength(2)
      await patch(at, { op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '+47 2' })
      expect((await find('/Users', 'phoneNumbers.value eq "+47 2"')).map((one) => one['id'])).toEqual([id])
    })

    it('notices what plain SQL changes behind it', async () => {
      const read = await send('GET', `/Users/${system.boss}`)
      const version = String((read.body['meta'] as Body)['version'])
      await client.sql(system.behind)
      const title = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'title', value: 'Boss' }] }
      expect(await send('PATCH', `/Users/${system.boss}`, title, { 'if-match': version })).toMatchObject({
        status: 412,
      })
      const again = String(((await send('GET', `/Users/${system.boss}`)).body['meta'] as Body)['version'])
      expect(again).not.toBe(version)
      expect((await send('PATCH', `/Users/${system.boss}`, title, { 'if-match': again })).status).toBe(200)
    })

    it('makes and ends a group of its own', async () => {
      const made = await send('POST', '/Groups', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: 'Båt & Brygge',
        members: [{ value: system.seen.id }],
      })
      expect(made.status).toBe(201)
      const path = `/Groups/${String(made.body['id'])}`
      expect((await send('GET', path)).body).toMatchObject({ members: [{ value: system.seen.id }] })
      expect((await find('/Groups', 'displayName eq "båt & brygge"')).map((one) => one['id'])).toEqual([
        made.body['id'],
      ])
      expect((await send('DELETE', path)).status).toBe(204)
      expect((await send('GET', path)).status).toBe(404)
    })
  })
}

const omit = (body: Body, ...names: readonly string[]): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)))
