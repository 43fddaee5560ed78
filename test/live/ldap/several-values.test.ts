import { expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import { person } from '../../wire/people.ts'
import { lifeMapping } from './life-mapping.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

await describeServer('openldap', 'several values behind one that a client knows', (server) => {
  it('stay behind the one that it writes', async () => {
    const served = await serveDirectory(await server.freshDirectory({ overlays: false }), { resources: lifeMapping() })
    const id = made(await served.client.post('/Users', person('ann', { title: 'Old' })))
    const dn = `uid=ann,ou=people,${served.directory.suffix}`
    const held = async () => (await served.beside.read(dn, ['title']))?.values.title
    const write = async (value: string) => {
      const patched = fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'title', value }))
      expect([patched.title, fine(await served.client.get(`/Users/${id}`)).title]).toEqual([value, value])
      return held()
    }
    await served.beside.modify(dn, { add: { title: ['Second', 'Third'] } })
    expect(await write('New')).toEqual(['New', 'Second', 'Third'])
    // one of those behind comes to the front, in the spelling of the client
    expect(await write('THIRD')).toEqual(['THIRD', 'Second'])
    fine(await served.client.patch(`/Users/${id}`, { op: 'remove', path: 'title' }))
    expect(await held()).toEqual(['Second'])
    await served.stop()
  })
})
