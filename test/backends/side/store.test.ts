import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSideStore } from '../../../src/backends/side/store.ts'
import { scimId } from '../../../src/base/brand.ts'
import type { Predicate, SlotTest } from '../../../src/mapping/predicate.ts'
import type { NativeValue } from '../../../src/mapping/slot.ts'
import type { SideStore } from '../../../src/plan/port.ts'
import { compareCodePoints, fold } from '../../../src/scim/compare.ts'

const evidence = { unique: { userName: 'ann' }, digest: 'd' }
const leaf = (key: string, test: SlotTest): Predicate => ({
  kind: 'slot',
  slot: { key, many: false, at: { kind: 'side' } },
  test,
})

let folder: string
let store: SideStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-side-'))
  store = openSideStore(join(folder, 'deep', 'side.db'), 'hr')
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const put = async (id: string, values: Readonly<Record<string, NativeValue>>, type = 'User'): Promise<void> => {
  const key = await store.intend({ type, id: scimId(id), values, evidence })
  await store.settle(key, scimId(id))
}
const read = async (id: string, type = 'User') => (await store.read(type, [scimId(id)])).get(scimId(id))

describe('the side store', () => {
  it('gives back what it was given, by type of value', async () => {
    const values = {
      text: "it's",
      number: 1.5,
      whole: 7,
      yes: true,
      no: false,
      big: 9_007_199_254_740_993n,
      bytes: new Uint8Array([1, 0, 255]),
      list: ['a', 'b'],
      one: ['x'],
    }
    await put('1', values)
    expect(await read('1')).toEqual(values)
  })

  it('walks and counts what is held under a key, in the order of ids', async () => {
    for (const id of ['3', '1', '20', '__proto__']) await put(id, { 'kept:m': `for-${id}`, other: 'x' })
    await put('2', { 'kept:m': 'group' }, 'Group')
    await put('4', { other: 'x' })
    const walked = async (after?: string) =>
      (await store.walk('User', 'kept:m', after === undefined ? undefined : scimId(after), 2)).map((one) => one.id)
    expect(await walked()).toEqual(['1', '20'])
    expect(await walked('20')).toEqual(['3', '__proto__'])
    expect(await walked('__proto__')).toEqual([])
    expect(await store.walk('User', 'kept:m', scimId('20'), 1)).toEqual([{ id: '3', value: 'for-3' }])
    expect(await store.count('User', 'kept:m')).toBe(4)
    expect(await store.count('Group', 'kept:m')).toBe(1)
    await put('3', { 'kept:m': null })
    await store.forget('User', scimId('1'))
    expect(await store.count('User', 'kept:m')).toBe(2)
    expect(await store.count('User', 'nothing')).toBe(0)
  })

  it('keeps its files to the user it runs as', async () => {
    await put('1', { a: 'x' })
    for (const name of readdirSync(join(folder, 'deep'))) {
      expect([name, statSync(join(folder, 'deep', name)).mode & 0o077]).toEqual([name, 0])
    }
  })

  it('lets a created record inherit nothing from an earlier holder of its id', async () => {
    await put('1', { externalId: 'old' })
    const key = await store.intend({ type: 'User', id: undefined, values: {}, evidence })
    await store.settle(key, scimId('1'))
    expect(await read('1')).toBeUndefined()
  })

  it('replaces the named values only, and drops null and empty lists', async () => {
    await put('1', { a: ['x', 'y'], b: 'keep', c: 'gone' })
    await put('1', { a: ['z'], c: null })
    expect(await read('1')).toEqual({ a: ['z'], b: 'keep' })
    await put('1', { a: [], b: null })
    expect(await read('1')).toBeUndefined()
  })

  it('keeps names of prototypes as names', async () => {
    const values = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>
    await put('__proto__', values)
    const held = await read('__proto__')
    expect(Object.keys(held ?? {}).sort()).toEqual(['__proto__', 'constructor'])
  })

  it('keeps an intent open until it is settled or dropped, across restarts', async () => {
    const first = await store.intend({ type: 'User', id: undefined, values: { e: 'x', n: 3n }, evidence })
    const second = await store.intend({ type: 'User', id: scimId('2'), values: { e: null }, evidence })
    await store.close()
    store = openSideStore(join(folder, 'deep', 'side.db'), 'hr')
    expect(await store.open()).toEqual([
      { key: first, type: 'User', id: undefined, values: { e: 'x', n: 3n }, evidence },
      { key: second, type: 'User', id: '2', values: { e: null }, evidence },
    ])
    expect(await read('1')).toBeUndefined()
    await store.settle(first, scimId('1'))
    await store.drop(second)
    expect(await store.open()).toEqual([])
    expect(await read('1')).toEqual({ e: 'x', n: 3n })
    await expect(store.settle(first, scimId('9'))).rejects.toMatchObject({ reason: 'internal' })
    expect(await read('9')).toBeUndefined()
  })

  it('keeps applications and types apart in one file', async () => {
    const other = openSideStore(join(folder, 'deep', 'side.db'), 'crm')
    await put('1', { e: 'hr' })
    await put('1', { e: 'group' }, 'Group')
    const key = await other.intend({ type: 'User', id: undefined, values: { e: 'crm' }, evidence })
    await expect(store.settle(key, scimId('1'))).rejects.toMatchObject({ reason: 'internal' })
    await store.drop(key)
    expect(await other.open()).toHaveLength(1)
    await other.settle(key, scimId('1'))
    await store.forget('User', scimId('1'))
    expect(await read('1')).toBeUndefined()
    expect(await read('1', 'Group')).toEqual({ e: 'group' })
    expect((await other.read('User', [scimId('1')])).get(scimId('1'))).toEqual({ e: 'crm' })
    expect(await other.find('User', leaf('e', { op: 'sw', value: '', fold: false }), 10)).toEqual(['1'])
    await other.close()
  })

  it('finds up to the limit and one more', async () => {
    for (const id of ['1', '2', '3', '4']) await put(id, { e: ['same', 'same'] })
    const test: SlotTest = { op: 'eq', value: 'same', fold: false }
    expect(await store.find('User', leaf('e', test), 2)).toEqual(['1', '2', '3'])
    expect(await store.find('User', leaf('e', test), 10)).toEqual(['1', '2', '3', '4'])
  })

  const held: Readonly<Record<string, NativeValue>> = {
    a: 'Ann',
    b: ['ANN', 'bob%_'],
    c: 'Jörg',
    d: '\u{1f600}',
    e: '\uffff',
    f: 9,
    g: 10,
    h: true,
    i: 1,
    j: 9_007_199_254_740_993n,
    k: '10',
    l: "o'neil",
    m: 'JO\u0308RG',
  }
  const values = ['ann', 'Ann', 'n', '%', '_', 'jörg', '\uffff', '\u{1f600}', "'", '', '10', '1']
  const texts = Object.entries(held).flatMap(([id, value]) =>
    [value].flat().flatMap((one) => (typeof one === 'string' ? [[id, one] as const] : [])),
  )
  const holds = { eq: 0, gt: 0, ge: 0, lt: 0, le: 0, co: 0, sw: 0, ew: 0 } as const
  const evaluate = (op: keyof typeof holds, a: string, b: string): boolean => {
    if (op === 'co') return a.includes(b)
    if (op === 'sw') return a.startsWith(b)
    if (op === 'ew') return a.endsWith(b)
    const order = compareCodePoints(a, b)
    return { eq: order === 0, gt: order > 0, ge: order >= 0, lt: order < 0, le: order <= 0 }[op]
  }
  it.each(Object.keys(holds) as (keyof typeof holds)[])('says %s as the rule of comparison does', async (op) => {
    for (const [id, value] of Object.entries(held)) await put(id, { v: value })
    for (const folded of [true, false])
      for (const one of values) {
        const form = (text: string) => (folded ? fold(text) : text)
        const isPresence = one === '' && (op === 'co' || op === 'sw' || op === 'ew')
        const expected = isPresence
          ? Object.keys(held)
          : texts.filter(([, text]) => evaluate(op, form(text), form(one))).map(([id]) => id)
        const found = await store.find('User', leaf('v', { op, value: form(one), fold: folded }), 100)
        expect([op, folded, one, found]).toEqual([op, folded, one, [...new Set(expected)].sort()])
      }
  })

  it.each<[string, SlotTest, string[]]>([
    ['a number', { op: 'eq', value: 10, fold: false }, ['g']],
    ['more than a number', { op: 'gt', value: 9, fold: false }, ['g', 'j']],
    ['a big number', { op: 'ge', value: 9_007_199_254_740_993n, fold: false }, ['j']],
    ['true', { op: 'eq', value: true, fold: false }, ['h']],
    ['one is not true', { op: 'eq', value: 1, fold: false }, ['i']],
    ['in', { op: 'in', values: ['Ann', 10, null, true] }, ['a', 'g', 'h']],
    ['in nothing', { op: 'in', values: [] }, []],
    ['bits', { op: 'bits', mask: 2, equals: 2 }, ['g']],
    ['null', { op: 'eq', value: null, fold: false }, []],
  ])('finds by %s', async (_, test, expected) => {
    for (const [id, value] of Object.entries(held)) await put(id, { v: value })
    expect(await store.find('User', leaf('v', test), 100)).toEqual(expected)
  })

  it('keeps what was intended when the process is killed', async () => {
    const file = join(folder, 'killed.db')
    const script = `
      const { openSideStore } = await import(${JSON.stringify(new URL('../../../src/backends/side/store.ts', import.meta.url).href)})
      const store = openSideStore(${JSON.stringify(file)}, 'hr')
      await store.settle(await store.intend({ type: 'User', id: undefined, values: { e: 'done' }, evidence: { unique: {}, digest: '' } }), '1')
      await store.intend({ type: 'User', id: undefined, values: { e: 'open' }, evidence: { unique: {}, digest: '' } })
      process.stdout.write('ready')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve)
      child.once('exit', (code) => reject(new Error(`exit ${code}`)))
    })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    const again = openSideStore(file, 'hr')
    expect(await again.open()).toMatchObject([{ values: { e: 'open' } }])
    expect((await again.read('User', [scimId('1')])).get(scimId('1'))).toEqual({ e: 'done' })
    await again.close()
  })

  it('waits for another process without stopping this one', async () => {
    const other = new DatabaseSync(join(folder, 'deep', 'side.db'))
    other.exec('BEGIN IMMEDIATE')
    const written = put('1', { e: 'x' })
    // a wait inside the driver would keep this from running
    await new Promise((resolve) => setTimeout(resolve, 50))
    other.exec('COMMIT')
    other.close()
    await written
    expect(await read('1')).toEqual({ e: 'x' })
  })

  it('is unavailable when its file is none, and says nothing of the path', async () => {
    await store.close()
    await expect(store.open()).rejects.toMatchObject({ reason: 'unavailable' })
    expect(() => openSideStore(folder, 'hr')).toThrow('the store of the bridge is not available')
  })
})
