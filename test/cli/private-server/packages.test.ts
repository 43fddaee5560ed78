import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProgram } from '../../../src/cli/private-server/programs.ts'
import { install } from '../../../src/cli/private-server/packages.ts'
import type { Machine } from '../../../src/cli/private-server/packages.ts'

const needs = { programs: ['aserver', 'aclient'], packages: ['a-server'] }

describe('installing', () => {
  let folder: string
  let policyFile: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scim-bridge-packages-'))
    policyFile = join(folder, 'policy-rc.d')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** A machine with some programs; `apt` says which call of apt-get fails, and whether the package brings what it should. */
  const machine = (apt: { readonly fails?: readonly number[]; readonly brings?: readonly string[] } = {}) => {
    const programs = new Set(['apt-get'])
    const calls: string[] = []
    const policies: (string | undefined)[] = []
    const it: Machine = {
      has: (program) => programs.has(program),
      root: true,
      policyFile,
      apt: async (args) => {
        calls.push(args.join(' '))
        policies.push(existsSync(policyFile) ? readFileSync(policyFile, 'utf8') : undefined)
        if (apt.fails?.includes(calls.length)) return Promise.reject(new Error('no such package'))
        if (args[0] === 'install') for (const one of apt.brings ?? needs.programs) programs.add(one)
      },
    }
    return { it, programs, calls, policies }
  }
  const installing = 'install -y --no-install-recommends a-server'

  it('does nothing when all programs are there', async () => {
    const { it, programs, calls } = machine()
    for (const one of needs.programs) programs.add(one)
    expect(await install(needs, it)).toBeUndefined()
    expect(calls).toEqual([])
  })

  it('lets no daemon start meanwhile, and leaves no trace of that', async () => {
    const { it, calls, policies } = machine()
    expect(await install(needs, it)).toBeUndefined()
    expect(calls).toEqual([installing])
    expect(policies).toEqual([expect.stringContaining('exit 101')])
    expect(existsSync(policyFile)).toBe(false)
  })

  it('leaves a policy that was there before', async () => {
    writeFileSync(policyFile, 'theirs', { mode: 0o700 })
    expect(await install(needs, machine().it)).toBeUndefined()
    expect(readFileSync(policyFile, 'utf8')).toBe('theirs')
    expect(statSync(policyFile).mode & 0o777).toBe(0o700)
  })

  it('fetches the lists when the first attempt fails', async () => {
    const { it, calls } = machine({ fails: [1] })
    expect(await install(needs, it)).toBeUndefined()
    expect(calls).toEqual([installing, 'update', installing])
  })

  it.each([
    ['without root', { root: false }, {}, /as root/],
    ['without apt-get', { has: () => false }, {}, /no apt-get/],
    [
      'when apt-get fails again',
      {},
      { fails: [1, 3] },
      /aserver, aclient not installed, and .* failed: no such package/,
    ],
    ['when apt-get update fails', {}, { fails: [1, 2] }, /failed/],
    ['when the package lacks a program', {}, { brings: ['aserver'] }, /without aclient/],
  ] as const)('says why there is no server: %s', async (_, other, apt, why) => {
    const { it } = machine(apt)
    expect((await install(needs, { ...it, ...other }))?.missing).toMatch(why)
    expect(existsSync(policyFile)).toBe(false)
  })
})

it('finds programs where Debian keeps them', () => {
  expect(findProgram('sh')).toMatch(/\/sh$/)
  expect(findProgram('no-such-program')).toBeUndefined()
})
