import { describe, expect, it } from 'vitest'
import { readArguments, usage } from '../../src/cli/arguments.ts'
import { serverFlags, serverOptions } from '../../src/cli/server-options.ts'

const serve = {
  name: 'serve',
  summary: 'Serves applications.',
  operands: { shown: '<mapping.yaml>', least: 1, most: 2 },
  options: serverOptions,
} as const

describe('readArguments', () => {
  it('reads options and operands in any order', () => {
    const read = readArguments(serve, ['-p', '80', 'a.yaml', '--host=::1', '--insecure-http', '--', '-b.yaml'])
    expect(read).toEqual({
      kind: 'run',
      options: { port: '80', host: '::1', 'insecure-http': true },
      operands: ['a.yaml', '-b.yaml'],
    })
    if (read.kind !== 'run') return
    expect(serverFlags(read.options, read.operands)).toEqual({
      mappings: ['a.yaml', '-b.yaml'],
      port: '80',
      host: '::1',
      insecureHttp: true,
    })
  })

  it.each([
    [['--prot', '80', 'a'], 'there is no option --prot (did you mean "port"?)'],
    [['-x', 'a'], 'there is no option -x'],
    [['--__proto__', 'a'], 'there is no option --__proto__'],
    [['--toString', 'a'], 'there is no option --toString'],
    [['a', '--port'], '--port needs a value: --port <port>'],
    [['a', '--host', '--port', '80'], '--host needs a value: --host <address>'],
    [['a', '--insecure-http=no'], '--insecure-http takes no value'],
    [['a', '--port', '1', '-p', '2'], '-p is given twice'],
    [[], '<mapping.yaml> is missing'],
    [['a', 'b', 'c'], '"c" is one argument too many'],
  ])('%j: %s', (argv, problem) => {
    expect(readArguments(serve, argv)).toEqual({
      kind: 'wrong',
      text: `scim-bridge serve: ${problem}\nSee: scim-bridge serve --help`,
    })
  })

  it.each([[['--help']], [['-h']], [['a', 'b', 'c', '--help']]])('shows its help for %j', (argv) => {
    const read = readArguments(serve, argv)
    expect(read).toEqual({ kind: 'help', text: usage(serve) })
    for (const name of Object.keys(serverOptions)) expect(usage(serve)).toContain(`--${name}`)
  })
})
