import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lockedForGood } from '../../src/cli/private-server/slapd-database.ts'
import type { FreshDirectory } from './fresh-directory.ts'
import { describeServer, ownServer } from './with-server.ts'

const person = (uid: string, more: Readonly<Record<string, string>> = {}) => ({
  ...{ objectClass: 'inetOrgPerson', uid, cn: uid, sn: uid },
  ...more,
})
const password = 'correct horse'

await describeServer('openldap', 'a directory server', (server) => {
  const at = async (options: ConnectionOptions): Promise<boolean> => {
    const socket = connect({ host: server.host, port: server.tlsPort, ...options })
    await once(socket, 'secureConnect')
    socket.destroy()
    return socket.authorized
  }

  it.each([
    ['its own authority', { ca: server.caFile }, undefined],
    ['another authority', { ca: server.certificates.strangerCaFile }, /certificate|issuer/i],
    // 127.1 is the same address written as a name
    ['a name that the certificate does not have', { ca: server.caFile, host: '127.1' }, /altname/i],
  ])('is held by a client to %s', async (_what, { ca, ...more }, refused) => {
    const answer = at({ ...more, ca: readFileSync(ca) })
    await (refused === undefined ? expect(answer).resolves.toBe(true) : expect(answer).rejects.toThrow(refused))
  })

  it('speaks StartTLS and ldaps, too', async () => {
    const directory = await server.freshDirectory()
    const { dn, password: secret } = directory.account
    const ca = readFileSync(directory.caFile)
    const secure = new Client({ url: directory.ldapsUrl, tlsOptions: { ca } })
    const upgraded = new Client({ url: directory.url })
    await upgraded.startTLS({ ca })
    for (const client of [secure, upgraded]) {
      await client.bind(dn, secret)
      const { searchEntries } = await client.search(directory.suffix, { scope: 'one', attributes: ['ou'] })
      expect(searchEntries).toHaveLength(5)
      await client.unbind()
    }
    await directory.drop()
  })

  describe('fresh directories', () => {
    let one: FreshDirectory
    let other: FreshDirectory
    beforeAll(async () => {
      ;[one, other] = await Promise.all([server.freshDirectory(), server.freshDirectory({ overlays: false })])
    })
    afterAll(() => Promise.all([one.drop(), other.drop()]))

    it('are apart', async () => {
      const third = await server.freshDirectory({ ldif: 'dn: uid=z,ou=people,SUFFIX\nobjectClass: account\nuid: z\n' })
      const [there, here] = [third, one].map(({ suffix }) => `uid=z,ou=people,${suffix}`)
      const scim = third.client(third.account)
      expect(await scim.read(String(there))).toEqual({ dn: there, values: { objectClass: ['account'], uid: ['z'] } })
      expect(await one.client().read(String(here))).toBeUndefined()
      await expect(scim.search(one.suffix)).rejects.toMatchObject({ code: 32 })
      await third.drop()
    })

    it.each([
      ['with', () => one],
      ['without', () => other],
    ])('keep a locked person out, %s overlays, and the account alone may lock and unlock', async (_word, directory) => {
      const { suffix, account, client, canBind } = directory()
      const dn = `uid=lock,ou=people,${suffix}`
      const scim = client(account)
      await scim.add(dn, person('lock', { userPassword: password }))
      expect(await canBind(dn, password)).toBe(true)
      await scim.modify(dn, { replace: { pwdAccountLockedTime: lockedForGood } })
      expect(await canBind(dn, password)).toBe(false)
      expect(await scim.search(suffix, { filter: `(pwdAccountLockedTime=${lockedForGood})` })).toHaveLength(1)
      await scim.modify(dn, { delete: { pwdAccountLockedTime: [] } })
      expect(await canBind(dn, password)).toBe(true)
      // who gets in may not even see himself
      await expect(client({ dn, password }).search(dn)).rejects.toMatchObject({ code: 32 })
      await scim.remove(dn)
    })

    it('lose the lock with a new password where the policy is at work, even in one request with the lock', async () => {
      const outcome = async ({ suffix, account, client, canBind }: FreshDirectory): Promise<boolean> => {
        const dn = `uid=again,ou=people,${suffix}`
        const scim = client(account)
        const locked = { pwdAccountLockedTime: lockedForGood }
        await scim.add(dn, person('again', { userPassword: password, ...locked }))
        expect(await canBind(dn, password)).toBe(false)
        await scim.modify(dn, { replace: { userPassword: `${password}!`, ...locked } })
        return canBind(dn, `${password}!`)
      }
      expect([await outcome(one), await outcome(other)]).toEqual([true, false])
    })

    it('give the account no more than it needs', async () => {
      const { suffix, account, client } = one
      const scim = client(account)
      const found = await scim.search(suffix, { filter: '(cn=scim)' })
      expect(found.map(({ values }) => Object.keys(values))).toEqual([['objectClass', 'cn']])
      const denied = { code: 50 }
      await expect(scim.remove(`cn=default,ou=policies,${suffix}`)).rejects.toMatchObject(denied)
      await expect(scim.remove(`ou=counters,${suffix}`)).rejects.toMatchObject(denied)
      await expect(scim.add(`ou=more,${suffix}`, { objectClass: 'organizationalUnit' })).rejects.toMatchObject(denied)
      await expect(scim.modify(account.dn, { replace: { userPassword: password } })).rejects.toMatchObject(denied)
      await expect(scim.search('cn=config')).rejects.toMatchObject({ code: 32 })
    })

    it('do with overlays what they are for, and without them not', async () => {
      const seen = async ({ suffix, account, client }: FreshDirectory) => {
        const scim = client(account)
        const [ada, bob] = [`uid=ada,ou=people,${suffix}`, `uid=bob,ou=people,${suffix}`]
        const group = `cn=g,ou=groups,${suffix}`
        await scim.add(ada, person('ada'))
        await scim.add(bob, person('bob', { manager: ada }))
        await scim.add(group, { objectClass: 'groupOfNames', cn: 'g', member: [ada, `cn=empty,${suffix}`] })
        const memberOf = (await scim.read(ada, ['memberOf']))?.values['memberOf'] ?? []
        const weak = await scim
          .modify(bob, { add: { userPassword: 'short' } })
          .catch(({ code }: { code: number }) => code)
        const twice = person('bob', { cn: 'x' })
        const taken = await scim.add(`cn=x,ou=people,${suffix}`, twice).catch(({ code }: { code: number }) => code)
        await scim.remove(ada)
        await pause(200)
        const members = (await scim.read(group, ['member']))?.values['member'] ?? []
        const manager = (await scim.read(bob, ['manager']))?.values['manager'] ?? []
        return { memberOf: memberOf.length, weak, taken, members: members.length, manager: manager.length }
      }
      expect(await seen(one)).toEqual({ memberOf: 1, weak: 19, taken: 19, members: 1, manager: 0 })
      expect(await seen(other)).toEqual({ memberOf: 0, weak: undefined, taken: undefined, members: 2, manager: 1 })
    })

    it('take limits, access rules and a schema, which others may have brought before', async () => {
      const schema = `dn: cn=ferry,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: ferry
olcAttributeTypes: ( 1.3.6.1.4.1.32473.1.1 NAME 'berth' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcObjectClasses: ( 1.3.6.1.4.1.32473.1.2 NAME 'sailor' SUP top AUXILIARY MAY berth )
`
      const options = {
        schema,
        limits: 'size=2 size.prtotal=unlimited',
        access: ['to dn.subtree="ou=policies,SUFFIX" by * none'],
      }
      const [directory, again] = await Promise.all([server.freshDirectory(options), server.freshDirectory(options)])
      const scim = directory.client(directory.account)
      const people = `ou=people,${directory.suffix}`
      const sailor = { ...person('a', { berth: '7' }), objectClass: ['inetOrgPerson', 'sailor'] }
      await scim.add(`uid=a,${people}`, sailor)
      expect(await scim.search(people, { filter: '(berth=7)' })).toHaveLength(1)
      await expect(scim.search(directory.suffix)).rejects.toMatchObject({ code: 4 })
      await expect(scim.search(`ou=policies,${directory.suffix}`)).rejects.toMatchObject({ code: 32 })
      await Promise.all([directory.drop(), again.drop()])
    })
  })
})

await describeServer('openldap', "a directory server of one's own", (shared) => {
  it('comes back with its data on the same port, after a stop, a kill and a freeze', async () => {
    const server = await ownServer('openldap', { certificate: 'wrongName' })
    if ('missing' in server) throw new Error(server.missing)
    expect(server.pid).not.toBe(shared.pid)
    const directory = await server.freshDirectory()
    const scim = directory.client(directory.account)
    const watch = await directory.watch()
    const insert = (uid: string) => scim.add(`uid=${uid},ou=people,${directory.suffix}`, person(uid))
    await insert('a')
    await server.stop()
    await expect(insert('b')).rejects.toThrow()
    await server.start()
    await insert('c')
    await server.kill()
    await server.start()
    await insert('d')
    server.pause()
    const late = insert('e')
    expect(await Promise.race([late, pause(100, 'frozen')])).toBe('frozen')
    server.resume()
    await late
    const found = await scim.search(directory.suffix, { filter: '(uid=*)', attributes: ['uid'] })
    expect(found.map(({ values }) => values['uid']?.[0]).sort()).toEqual(['a', 'c', 'd', 'e'])
    expect((await watch.take()).map(({ kind }) => kind)).toEqual([
      'bind',
      'add',
      'bind',
      'add',
      'bind',
      'add',
      'add',
      'search',
    ])
    const secure = new Client({ url: server.ldapsUrl, tlsOptions: { ca: readFileSync(server.caFile) } })
    await expect(secure.bind('', '')).rejects.toThrow(/altname|IP/i)
    await server.end()
  })
})
