import { EqualityFilter, OrFilter } from 'ldapts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FreshDirectory } from './fresh-directory.ts'
import { describeServer } from './with-server.ts'

await describeServer('openldap', 'what a directory server got', (server) => {
  let directory: FreshDirectory
  beforeAll(async () => {
    directory = await server.freshDirectory()
  })
  afterAll(() => directory.drop())

  it('is told operation by operation', async () => {
    const { suffix, account, client } = directory
    const people = `ou=people,${suffix}`
    const scim = client(account)
    await scim.search(people)
    const watch = await directory.watch()
    const dn = `cn=Zo\\C3\\AB \\22x\\22,${people}`
    await scim.add(dn, { objectClass: 'inetOrgPerson', uid: 'zoe', cn: 'Zoë "x"', sn: 'Zoë' })
    await scim.search(people, { filter: '(&(sn=Zo*")(|(cn=x\\2a)(!(mail=*))))', attributes: ['uid', 'cn'] })
    await scim.read(people)
    await scim.modify(dn, { replace: { title: 'a' }, add: { mail: ['a@x.example', 'b@x.example'] } })
    await scim.rename(dn, `cn=zoe,${people}`)
    const raw = await scim.raw()
    await raw.compare(`cn=zoe,${people}`, 'title', 'a')
    await raw.exop('1.3.6.1.4.1.4203.1.11.3')
    await scim.remove(`cn=zoe,${people}`)
    await directory.client().search(people)
    const asked = await watch.take()
    const connection = asked[0]?.connection
    expect(asked.map(({ text: _text, ...one }) => one)).toEqual(
      [
        { kind: 'add', dn: `cn=Zoë \\22x\\22,${people}` },
        {
          ...{ kind: 'search', base: people, scope: 'sub', attributes: ['uid', 'cn'], isCut: false },
          filter: '(&(sn=zo*")(|(cn=x\\2A)(!(mail=*))))',
        },
        { kind: 'search', base: people, scope: 'base', filter: '(objectClass=*)', attributes: [], isCut: false },
        { kind: 'modify', dn: `cn=Zoë \\22x\\22,${people}`, attributes: ['mail', 'title'] },
        { kind: 'rename', dn: `cn=Zoë \\22x\\22,${people}` },
        { kind: 'compare', dn: `cn=zoe,${people}`, attribute: 'title' },
        { kind: 'extended', oid: '1.3.6.1.4.1.4203.1.11.3', dn: undefined },
        { kind: 'delete', dn: `cn=zoe,${people}` },
      ].map((one) => ({ ...one, connection })),
    )
    expect(asked.at(-1)?.text).toBe(`DEL dn="cn=zoe,${people}"`)
    expect(await watch.take()).toEqual([])
  })

  it('is told of every connection, from its bind on, and is that of the account alone', async () => {
    const watch = await directory.watch()
    const { account, canBind } = directory
    const other = await server.freshDirectory()
    await Promise.all([1, 2, 3].map(() => canBind(account.dn, account.password)))
    expect(await canBind(account.dn, 'wrong')).toBe(false)
    await canBind(directory.admin.dn, directory.admin.password)
    await other.client(other.account).search(other.suffix)
    const asked = await watch.take()
    expect(asked.map(({ kind }) => kind)).toEqual(['bind', 'bind', 'bind', 'bind'])
    expect(new Set(asked.map(({ connection }) => connection)).size).toBe(4)
    await other.drop()
  })

  it('is cut at the end of a line, and says so', async () => {
    const scim = directory.client(directory.account)
    const watch = await directory.watch()
    const ids = Array.from({ length: 120 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`)
    const filters = ids.map((value) => new EqualityFilter({ attribute: 'entryUUID', value }))
    const raw = await scim.raw()
    await raw.search(directory.suffix, { filter: new OrFilter({ filters }), attributes: ['uid'] })
    const [, asked] = await watch.take()
    expect(asked).toMatchObject({ kind: 'search', isCut: true, attributes: ['uid'] })
    expect(asked?.text).toContain(`(entryUUID=${ids[70]})`)
  })
})
