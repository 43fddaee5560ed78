import { expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import { ldapPlace } from './place.ts'

const user = (replaced: string, by: string) => (text: string) => {
  if (!text.includes(replaced)) throw new Error(`place.yaml has no ${replaced}`)
  return text.replace(replaced, by)
}
const refusal = (start: Promise<{ close(): Promise<void> }>): Promise<string> =>
  start.then(
    async (place) => {
      await place.close()
      return 'started'
    },
    (error: { detail?: string; message: string }) => error.detail ?? error.message,
  )

await describeServer('openldap', 'a bridge does not start', (server) => {
  const asked: readonly (readonly [string, (text: string) => string, readonly RegExp[]])[] = [
    [
      'with an attribute that the directory does not know',
      user('title: title', 'title: titel'),
      [/resources\.User.*no attribute titel.*title/],
    ],
    [
      'with a class that the directory does not know',
      user('[inetOrgPerson]', '[inetOrgPersn]'),
      [/resources\.User.*no object class inetOrgPersn.*inetOrgPerson/],
    ],
    [
      'when nothing gives what a class demands',
      user("{ slot: sn, default: '{userName}' }", 'sn'),
      [/resources\.User.*demands sn/],
    ],
    ['when the base is not there', user('ou=groups,', 'ou=gruppen,'), [/resources\.Group\.entry\.base.*ou=gruppen/]],
    [
      'and tells all that is wrong at once',
      (text) =>
        user(
          'title: title',
          'title: titel',
        )(user('ou=groups,', 'ou=gruppen,')(user('preferredLanguage: preferred', 'preferredLanguage: prefered')(text))),
      [/titel/, /ou=gruppen/, /preferedLanguage/],
    ],
    ['with a wrong password', user("'${LDAP_BIND_PASSWORD}'", "'wrong'"), [/account|bind|password/]],
  ]
  it.each(asked)('%s', async (_, mapping, told) => {
    const said = await refusal(ldapPlace(server, { mapping }))
    for (const one of told) expect(said).toMatch(one)
  })

  it('when the account may not search by an attribute', async () => {
    const access = [`to dn.subtree="ou=people,SUFFIX" attrs=title by * none`]
    const said = await refusal(ldapPlace(server, { access }))
    expect(said).toMatch(/resources\.User.*may not search by title/)
  })

  it('when memberOf is mapped and the directory does not keep it', async () => {
    const ldif = `dn: uid=a,ou=people,SUFFIX
objectClass: inetOrgPerson
uid: a
cn: a
sn: a

dn: cn=g,ou=groups,SUFFIX
objectClass: groupOfNames
cn: g
member: uid=a,ou=people,SUFFIX
`
    const mapping = user("slot: '${LDAP_MEMBEROF:-}'", 'slot: memberOf')
    const said = await refusal(ldapPlace(server, { overlays: false, ldif, mapping }))
    expect(said).toMatch(/resources\.User.*groups.*nobody has memberOf/)
  })

  it('when the certificate is of an authority that is not trusted', async () => {
    const mapping = (text: string): string =>
      text.replace(
        "url: '${LDAP_URL}'",
        `url: '${server.ldapsUrl}'\n  tls: { ca: '${server.certificates.strangerCaFile}' }`,
      )
    expect(await refusal(ldapPlace(server, { mapping }))).toMatch(/certificate/)
  })
})

await describeServer('openldap', 'limits of a server', (server) => {
  const people = Array.from(
    { length: 300 },
    (_, i) => `dn: uid=u${i},ou=people,SUFFIX
objectClass: inetOrgPerson
uid: u${i}
cn: Person
sn: Person
`,
  ).join('\n')

  it('of a search do not cut a listing, which goes by pages', async () => {
    const place = await ldapPlace(server, { limits: 'size.soft=50 size.hard=50 size.prtotal=unlimited', ldif: people })
    const seen = new Set<unknown>()
    for (let start = 1; start <= 300; start += 40) {
      const { status, body, text } = await place.client.get(`/Users?count=40&startIndex=${start}`)
      expect(status, text).toBe(200)
      expect(body['totalResults']).toBe(300)
      for (const { id } of body['Resources'] as readonly { id: string }[]) seen.add(id)
    }
    expect(seen.size).toBe(300)
    const filtered = await place.client.get(`/Users?filter=${encodeURIComponent('displayName eq "person"')}&count=100`)
    expect(filtered.body['totalResults'], filtered.text).toBe(300)
    await place.close()
  })

  it('of all pages together are told, and no listing is cut', async () => {
    const place = await ldapPlace(server, { limits: 'size.soft=50 size.hard=50 size.prtotal=100', ldif: people })
    for (const path of ['/Users', '/Users?count=200', '/Users?count=10&startIndex=80', '/Users?count=0']) {
      const { status, body, text } = await place.client.get(path)
      expect(status, `${path} ${text}`).toBe(400)
      expect(body['scimType']).toBe('tooMany')
      expect(body['detail']).toMatch(/size limit.*paged/)
    }
    expect(
      (await place.client.get(`/Users?filter=${encodeURIComponent('userName eq "u7"')}`)).body['totalResults'],
    ).toBe(1)
    await place.close()
  })
})
