import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiledOnce, root } from './process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rehearse = (method: string, path: string, body?: object): string => {
  const file = join(folder, 'body.json')
  if (body) writeFileSync(file, JSON.stringify(body))
  const words = ['explain', 'mappings/demo.yaml', method, path, '--dry-run', '--side-store', join(folder, 'side.db')]
  return execFileSync('node', ['src/main.ts', ...words, ...(body ? ['--body', file] : [])], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...compiledOnce, SCIM_BRIDGE_DEMO_DB: join(folder, 'demo.db') },
  })
}

const patch = (...Operations: readonly object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

describe('explain --dry-run', () => {
  it('tells what would be written to what is held, and writes nothing', () => {
    const said = rehearse('PATCH', '/Users/1015', patch({ op: 'replace', path: 'title', value: 'Chief' }))
    expect(said).toContain('set       JOB_TITLE = "Chief"')
    expect(said).toContain('UPDATE "EMP"')
    const database = new DatabaseSync(join(folder, 'demo.db'))
    const row = database.prepare('SELECT JOB_TITLE FROM EMP WHERE EMP_NO = 1015').get()
    database.close()
    expect(row?.['JOB_TITLE']).toBe('Firmware Developer')
  })

  it('has nothing to do for what is held already', () => {
    const said = rehearse('PATCH', '/Users/1015', patch({ op: 'replace', path: 'active', value: true }))
    expect(said).not.toMatch(/UPDATE|INSERT|DELETE/)
  })

  it('refuses what the server would refuse', () => {
    expect(() => rehearse('DELETE', '/Users/999999')).toThrow(/no such User/)
  })

  it('takes a filter as it is typed', () => {
    expect(rehearse('GET', '/Users?filter=userName sw "a_%"')).toContain('LOGIN sw folded "a_%"')
  })
})
