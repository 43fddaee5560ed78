import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiledOnce, root } from './process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const explain = (path: string, ...more: readonly string[]): string =>
  execFileSync('node', ['src/main.ts', 'explain', 'mappings/demo.yaml', 'GET', path, ...more], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...compiledOnce, SCIM_BRIDGE_DEMO_DB: join(folder, 'demo.db') },
  })

const live = (path: string): string => explain(path, '--live', '--side-store', join(folder, 'side.db'))

describe('explain --live', () => {
  it('tells what only the schema tells: no key of integers is 01003', () => {
    expect(explain('/Users/01003')).toContain('"m"."EMP_NO" = ?')
    const said = live('/Users/01003')
    expect(said).not.toContain('"m"."EMP_NO" = ?')
    expect(said).toContain('WHERE 1 = 0')
  })

  it('asks the side store for what it holds', () => {
    expect(explain('/Users?filter=externalId eq "nobody"')).toContain('ID-FROM-SIDE-STORE')
    expect(live('/Users?filter=externalId eq "nobody"')).not.toContain('ID-FROM-SIDE-STORE')
  })

  it('changes nothing', () => {
    const before = statSync(join(folder, 'demo.db')).mtimeMs
    live('/Users/1003')
    expect(statSync(join(folder, 'demo.db')).mtimeMs).toBe(before)
  })
})
