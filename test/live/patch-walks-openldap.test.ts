import { afterAll, beforeAll, expect, it } from 'vitest'
import { kitDirectory } from '../kit/directory.ts'
import type { KitDirectory } from '../kit/directory.ts'
import { firstWrong, tally } from '../laws/walks.ts'
import type { Opened } from '../laws/walks.ts'
import type { Step } from '../laws/patches.ts'
import { describeServer } from '../servers/with-server.ts'

/**
 * Two addresses have an attribute each: a third one, or a second one of a type, has no place, and the reference knows
 * nothing of places. What is said of the one at work is carried as the reference has it.
 */
const isCarried = ({ operations }: Step): boolean =>
  operations.every((one) => {
    const said = JSON.stringify(one)
    return !said.includes('emails') || /"path":"emails\[type eq \\"work\\"\]\.value"/.test(said)
  })

for (const overlays of [true, false])
  await describeServer('openldap', `walks of PATCHes on OpenLDAP${overlays ? '' : ', bare'}`, (server) => {
    let opened: KitDirectory
    beforeAll(async () => {
      opened = await kitDirectory(server, overlays)
    }, 60_000)
    afterAll(() => opened.close())

    /** What a walk leaves behind; the entries of nobody's company stay. */
    const clear = async (): Promise<void> => {
      const { directory } = opened
      const client = directory.client()
      for (const branch of ['ou=groups', 'ou=people']) {
        const filter = '(kitCompany=7)'
        const found = await client.search(`${branch},${directory.suffix}`, {
          scope: 'one',
          filter,
          attributes: ['1.1'],
        })
        for (const { dn } of found) await client.remove(dn)
      }
      await client.close()
    }

    it('do by deltas what the reference does to the resource', async () => {
      const walks = Number(process.env['LAWS_WALKS'] ?? 40)
      const begin = async (): Promise<Opened> => {
        await clear()
        return { catalog: opened.catalog, store: { ...opened.store, close: async () => undefined } }
      }
      Object.assign(tally, { changed: 0, same: 0, refused: 0 })
      expect(await firstWrong(begin, walks, true, isCarried)).toBeUndefined()
      expect(tally.changed + tally.same + tally.refused).toBeGreaterThan(5 * walks)
      expect(tally.changed).toBeGreaterThan(2 * walks)
    }, 240_000)
  })
