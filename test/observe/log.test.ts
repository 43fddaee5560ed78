import { Writable } from 'node:stream'
import { setImmediate as tick } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { Observation } from '../../src/base/observation.ts'
import { causeEntry } from '../../src/observe/cause.ts'
import type { LogLevel } from '../../src/observe/log.ts'
import { log } from '../../src/observe/log.ts'
import { redact, withoutValues } from '../../src/observe/redact.ts'

async function written(level: LogLevel, ...seen: readonly Observation[]): Promise<Record<string, unknown>[]> {
  let text = ''
  const to = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  const observe = log({ level, to })
  seen.forEach(observe)
  await tick()
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const request: Observation = {
  kind: 'request',
  id: 'r-1',
  application: 'hr',
  method: 'GET',
  route: '/Users/:name',
  status: 200,
  milliseconds: 1.5,
  client: 'entra',
}
const all: readonly Observation[] = [
  { kind: 'failure', id: 'r-1', code: 'SB500', cause: new Error('x') },
  { kind: 'warning', about: 'index', detail: 'none on login' },
  { kind: 'listening', url: 'http://127.0.0.1:8080' },
  { kind: 'stopping', because: 'SIGTERM' },
  request,
  { kind: 'linked', application: 'hr', type: 'User' },
  { kind: 'sweep', application: 'hr', settled: 1, dropped: 0 },
  { kind: 'quirk', name: 'capitalisedOp', application: 'hr' },
]

describe('log', () => {
  it.each<[LogLevel, readonly string[]]>([
    ['error', ['failure']],
    ['warn', ['failure', 'warning']],
    ['info', ['failure', 'warning', 'listening', 'stopping', 'request', 'linked', 'sweep']],
    ['debug', ['failure', 'warning', 'listening', 'stopping', 'request', 'linked', 'sweep', 'quirk']],
  ])('at %s writes %j, one JSON object a line', async (level, messages) => {
    const lines = await written(level, ...all)
    expect(lines.map((line) => line.message)).toEqual(messages)
    for (const line of lines) expect(line.timestamp).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  it('writes a request with its route', async () => {
    const [line] = await written('info', { ...request, error: 'SB112' })
    expect(line).toMatchObject({
      level: 'info',
      request: 'r-1',
      application: 'hr',
      method: 'GET',
      route: '/Users/:name',
      status: 200,
      client: 'entra',
      error: 'SB112',
    })
  })

  it('looks at nothing of an observation whose level is off', () => {
    const looked = vi.fn()
    const observation = {
      kind: 'failure' as const,
      id: 'r',
      code: 'SB500',
      get cause() {
        looked()
        return new Error('x')
      },
    }
    const quirk = {
      kind: 'quirk' as const,
      application: 'hr',
      get name() {
        looked()
        return 'x'
      },
    }
    const observe = log({ level: 'error', to: new Writable({ write: (_chunk, _encoding, done) => done() }) })
    observe(quirk)
    expect(looked).not.toHaveBeenCalled()
    observe(observation)
    expect(looked).toHaveBeenCalled()
  })

  it('shows of a cause what kind it is and where, not what it was about', async () => {
    const driver = Object.assign(new Error("Duplicate entry 'O'Brien@x.org-hunter2' for key 'people.mail'"), {
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      sql: "INSERT INTO people VALUES ('hunter2')",
      parameters: ['hunter2'],
    })
    const cause = new BridgeError('conflict', 'userName is taken', driver)
    const [line] = await written('error', { kind: 'failure', id: 'r', code: 'SB400', cause })
    expect(JSON.stringify(line)).not.toMatch(/hunter2|Brien|INSERT/)
    expect(line?.cause).toMatchObject({
      name: 'BridgeError',
      code: 'SB400',
      cause: { name: 'Error', code: 'ER_DUP_ENTRY', message: 'Duplicate entry "…"' },
    })
    expect(JSON.stringify(line)).toContain('log.test.ts')
  })

  it('redacts what looks like a credential in any field, and stays JSON', async () => {
    const [line] = await written('info', {
      kind: 'warning',
      about: 'Bearer abcdef123456',
      detail: 'url mysql://app:hunter2@db/x "password": "hun\\"ter2" ok',
    })
    expect(JSON.stringify(line)).not.toMatch(/abcdef123456|hunter2|ter2/)
    expect(line).toMatchObject({ about: 'Bearer [redacted]' })
  })
})

describe('causeEntry', () => {
  it('ends a chain that never ends', () => {
    const loop = new Error('a')
    loop.cause = loop
    expect(JSON.stringify(causeEntry(loop)).match(/"name"/g)).toHaveLength(5)
  })
  it.each(['text with hunter2', 42, null, undefined, { password: 'hunter2' }])('shows only the type of %j', (cause) => {
    expect(causeEntry(cause)).toEqual({ name: typeof cause, message: '' })
  })
  it('takes no frame from a message', () => {
    expect(JSON.stringify(causeEntry(new Error('x\n    at hunter2 (secret)'))).match(/hunter2/g)).toHaveLength(1)
  })
})

describe('redact', () => {
  it.each([
    ['Authorization: Bearer abc.def-123~x==', 'abc'],
    ['authorization=Basic dXNlcjpwYXNz', 'dXNl'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end', 'eyJ'],
    ['password=hunter2', 'hunter2'],
    ['"userPassword": "hunter2"', 'hunter2'],
    ["client_secret='hunter2'", 'hunter2'],
    ['ldap://cn=admin:hunter2@host', 'hunter2'],
    ['x-api-key: hunter2', 'hunter2'],
  ])('%s', (text, secret) => {
    expect(redact(text)).not.toContain(secret)
    expect(redact(text)).toContain('[redacted]')
  })
  it.each(['GET /Users/:name', 'connect ECONNREFUSED 127.0.0.1:3306', 'http://127.0.0.1:8080', 'SB401 r-1'])(
    'leaves %s alone',
    (text) => expect(redact(text)).toBe(text),
  )
  it('cuts what is quoted out of a message, quotes inside included', () => {
    expect(withoutValues(`Unexpected token 'h', "{"p": hunter2}" is not valid JSON`)).not.toContain('hunter2')
    expect(withoutValues(`invalid input syntax for type integer: "hunter2"`)).toBe(
      'invalid input syntax for type integer: "…"',
    )
    expect(withoutValues('Key (email)=(a@b) already exists')).not.toContain('a@b')
    expect(withoutValues('x'.repeat(10_000)).length).toBe(500)
  })
  it('is quick on long text', () => {
    const started = performance.now()
    redact('token'.repeat(20_000))
    redact(`${'a'.repeat(100_000)}://${'b'.repeat(100_000)}`)
    redact(`"password": "${'\\'.repeat(100_000)}`)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
