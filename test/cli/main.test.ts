import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CommandIo } from '../../src/cli/command.ts'
import { main } from '../../src/cli/main.ts'
import { root } from './process.ts'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

describe('scim-bridge', () => {
  it('says nothing more to a reader that has seen enough', async () => {
    const command = '"$0" src/main.ts check mappings/demo.yaml | head -n 1'
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command, process.execPath], { cwd: root })
    expect([stdout.split('\n').length, stderr]).toEqual([2, ''])
  })

  const said = { out: '', err: '' }
  const io: CommandIo = {
    input: Readable.from([]),
    print: (text) => void (said.out += `${text}\n`),
    complain: (text) => void (said.err += `${text}\n`),
    env: {},
    mappings: join(root, 'mappings'),
  }
  beforeEach(() => void Object.assign(said, { out: '', err: '' }))

  it.each<[readonly string[], number, RegExp, RegExp]>([
    [[], 2, /^$/, /^usage: scim-bridge <command>/],
    [['sreve'], 2, /^$/, /^scim-bridge: there is no command sreve \(did you mean "serve"\?\)\n\nusage: /],
    [['toString'], 2, /^$/, /^scim-bridge: there is no command toString\n/],
    [['--help'], 0, /^usage: scim-bridge <command>[^]*\n {2}serve .*\n[^]*\n {2}playground /, /^$/],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [['serve', '--help'], 0, /^usage: scim-bridge serve .*\n[^]*--insecure-http/, /^$/],
    [['serve', '--prot', '1'], 2, /^$/, /^scim-bridge serve: there is no option --prot/],
    [['check', 'nowhere.yaml'], 1, /^$/, /^nowhere\.yaml: cannot be read\n$/],
    [
      ['playground', 'nowhere'],
      1,
      /^$/,
      /^there is no playground 'nowhere'; there are demo, conformance-sqlite, hr-mysql, .*\n$/,
    ],
    [['explain', 'mappings/demo.yaml', 'GET', '/Userz'], 1, /^$/, /there are \/Users, \/Groups\n$/],
  ])('%j', async (args, code, out, err) => {
    expect(await main(args, io)).toBe(code)
    expect(said.out).toMatch(out)
    expect(said.err).toMatch(err)
  })

  it('knows its version', async () => {
    await main(['--version'], io)
    expect(said.out).toBe(`${version}\n`)
  })
})
