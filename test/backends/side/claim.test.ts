import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimSideStore } from '../../../src/backends/side/claim.ts'

const source = resolve(import.meta.dirname, '../../../src/backends/side/claim.ts')
let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-claim-'))
  file = join(folder, 'side.db')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const claiming = (name: string, then: string): readonly string[] => [
  '--input-type=module',
  '-e',
  `const { claimSideStore } = await import(${JSON.stringify(source)})
   claimSideStore(${JSON.stringify(file)}, ${JSON.stringify(name)})
   ${then}`,
]

describe('the claim to an application in a side store', () => {
  it('is one process’s at a time, an application each', () => {
    const claim = claimSideStore(file, 'hr')
    expect(() => execFileSync(process.execPath, claiming('hr', ''), { stdio: 'pipe' })).toThrow(
      /another process serves the application 'hr'/,
    )
    execFileSync(process.execPath, claiming('crm', ''))
    claim.release()
    execFileSync(process.execPath, claiming('hr', ''))
  })

  it('ends with a process that is killed', async () => {
    const child = spawn(process.execPath, claiming('hr', "console.log('claimed'); setInterval(() => 0, 1000)"))
    await new Promise((claimed) => child.stdout.once('data', claimed))
    child.kill('SIGKILL')
    await new Promise((ended) => child.once('exit', ended))
    claimSideStore(file, 'hr').release()
  })
})
