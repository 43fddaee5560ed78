import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cleanEnv, finish, folder, root, startProcess } from './cli/process.ts'

interface Manifest {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const read = (file: string): string => readFileSync(file, 'utf8')
const manifestOf = (at: string): Manifest => JSON.parse(read(join(at, 'package.json'))) as Manifest
const manifest = manifestOf(root)

describe('package', () => {
  it('is packed compiled, with everything it needs and without the Node of a clone', async () => {
    const clone = folder()
    const sources = [...manifest.files.filter((name) => name !== 'dist'), 'package.json', 'src', 'tsconfig.json']
    for (const name of [...sources, 'tsconfig.build.json'])
      cpSync(join(root, name), join(clone, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
    execFileSync('npm', ['pack', '--silent'], { cwd: clone, env: cleanEnv() })
    expect(read(join(clone, 'package.json'))).toBe(read(join(root, 'package.json')))

    const place = folder()
    execFileSync('tar', ['-xf', join(clone, `scim-bridge-${manifest.version}.tgz`), '-C', place])
    const packed = join(place, 'package')
    const { optionalDependencies, dependencies } = manifestOf(packed)
    expect([optionalDependencies ?? {}, dependencies]).toEqual([{}, manifest.dependencies])
    expect(existsSync(join(packed, 'mappings', 'mapping.schema.json'))).toBe(true)
    expect(existsSync(join(packed, 'src'))).toBe(false)

    symlinkSync(join(root, 'node_modules'), join(packed, 'node_modules'))
    const main = join(packed, manifest.bin['scim-bridge'] ?? '')
    expect(read(main)).toMatch(/^#!\/usr\/bin\/env node\n/)
    const version = await finish(startProcess(process.execPath, [main, '--version'], { cwd: place }))
    expect(version).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' })
    const playground = startProcess(process.execPath, [main, 'playground', 'demo'], { env: { TMPDIR: folder() } })
    await playground.printed(/^READY http/)
    process.kill(playground.pid, 'SIGTERM')
    expect((await playground.ended).code).toBe(0)
  })

  it('names exact versions, and its lock file no registry', () => {
    const named = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
    for (const [name, version] of Object.entries(named)) {
      expect(version, name).toMatch(/^(?:npm:\w+@)?\d+\.\d+\.\d+$/)
    }
    const lock = JSON.parse(read(join(root, 'package-lock.json'))) as {
      readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly integrity?: string }>>
    }
    const packages = Object.entries(lock.packages).filter(([path]) => path !== '')
    expect(packages.length).toBeGreaterThan(100)
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
    expect(packages.filter(([, { integrity }]) => integrity === undefined)).toEqual([])
  })
})
