import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cursorSecret } from '../../src/cli/cursor-secret.ts'
import { bridge, folder, get, mappings, secret } from './process.ts'
import type { Started } from './process.ts'

interface Page {
  readonly Resources: readonly { readonly id: string }[]
  readonly nextCursor?: string
  readonly previousCursor?: string
}

const url = async (started: Started): Promise<string> => (await started.printed(/^LISTENING (\S+)\n/))[1] ?? ''
const page = async (base: string, cursor: string): Promise<Page> => {
  const answer = await get(`${base}/Users?count=40&attributes=userName&cursor=${cursor}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Page
}
const stop = async (started: Started): Promise<void> => {
  process.kill(started.pid, 'SIGTERM')
  await started.ended
}
const ids = ({ Resources }: Page): readonly string[] => Resources.map(({ id }) => id)

describe('cursors', () => {
  it('go on after a restart, by a key that nobody else may read', async () => {
    const cwd = folder()
    const env = { SCIM_BRIDGE_TOKEN: secret, SCIM_BRIDGE_DEMO_DB: join(cwd, 'demo.db') }
    const serve = (): Started => bridge(['serve', '--port', '0', join(mappings, 'demo.yaml')], { cwd, env })
    const before = serve()
    const first = await page(await url(before), '')
    await stop(before)
    const key = join(cwd, 'data/side.db-cursors.key')
    expect(statSync(key).mode & 0o777).toBe(0o600)
    expect(readFileSync(key)).toHaveLength(32)
    const after = serve()
    const base = await url(after)
    const second = await page(base, first.nextCursor ?? '')
    expect(ids(second).filter((id) => ids(first).includes(id))).toEqual([])
    expect(ids(await page(base, second.previousCursor ?? ''))).toEqual(ids(first))
    await stop(after)
  })

  it('go from one replica to another and back, by a secret of the configuration', async () => {
    const cwd = folder()
    const env = {
      SCIM_BRIDGE_TOKEN: secret,
      SCIM_BRIDGE_DEMO_DB: join(cwd, 'demo.db'),
      CURSORS: 'the secret of all replicas, in 32 characters or more',
    }
    const replica = (name: string, cursors: string): Started => {
      const file = join(cwd, `${name}.yaml`)
      const lines = [`applications: { people: ${join(mappings, 'demo.yaml')} }`, `sideStore: ${name}/side.db`, cursors]
      writeFileSync(file, lines.join('\n'))
      return bridge(['serve', '--port', '0', '--config', file], { cwd, env })
    }
    const same = 'cursors: { secret: "${CURSORS}", timeout: 2min }'
    const one = replica('one', same)
    const oneUrl = await url(one)
    const two = replica('two', same)
    const stranger = replica('stranger', '')
    const bases = [oneUrl, await url(two)]
    const seen: string[] = []
    for (let cursor: string | undefined = '', turn = 0; cursor !== undefined; turn++) {
      const found: Page = await page(bases[turn % 2] ?? '', cursor)
      seen.push(...ids(found))
      cursor = found.nextCursor
    }
    const config = (await (await get(`${bases[0]}/ServiceProviderConfig`)).json()) as Record<string, unknown>
    expect(config['pagination']).toEqual({
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: 100,
      maxPageSize: 1000,
      cursorTimeout: 120,
    })
    const whole = (await (await get(`${bases[0]}/Users?count=1000&attributes=userName`)).json()) as Page
    expect(seen).toEqual(ids(whole))
    expect(readdirSync(join(cwd, 'one'))).not.toContain('side.db-cursors.key')
    const { nextCursor = '' } = await page(bases[0] ?? '', '')
    const refused = await get(`${await url(stranger)}/Users?count=40&attributes=userName&cursor=${nextCursor}`)
    expect([refused.status, await refused.json()]).toMatchObject([400, { scimType: 'invalidCursor' }])
    for (const started of [one, two, stranger]) await stop(started)
  })
})

describe('cursorSecret', () => {
  it('is made once, whoever comes first', () => {
    const file = join(folder(), 'deep', 'side.db')
    const made = cursorSecret(file)
    expect(cursorSecret(file)).toEqual(made)
    expect(cursorSecret(join(folder(), 'side.db'))).not.toEqual(made)
    expect(readdirSync(join(file, '..'))).toEqual(['side.db-cursors.key'])
  })

  it('is refused when somebody has written something else there', () => {
    const file = join(folder(), 'side.db')
    writeFileSync(`${file}-cursors.key`, 'short')
    expect(() => cursorSecret(file)).toThrow(
      /side\.db-cursors\.key: the key of the cursors can be neither read nor made/,
    )
  })
})
