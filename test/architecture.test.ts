import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')

/** Floor of every room, lowest first; imports go down only. */
const floors: readonly (readonly [room: string, floor: number])[] = [
  ['base', 0],
  ['scim', 1],
  ['mapping', 2],
  ['plan', 3],
  ['service', 4],
  ['backends', 4],
  ['observe', 4],
  ['http', 5],
  ['cli', 6],
  ['config', 6],
  ['main', 6],
]

/** A package that may be imported in these rooms only. */
const drivers: readonly (readonly [name: string, rooms: readonly string[]])[] = [
  ['ldapts', ['backends/ldap']],
  ['kysely', ['backends/sql']],
  ['mysql2', ['backends/sql']],
  ['pg', ['backends/sql']],
  ['node:sqlite', ['backends/sql', 'backends/side']],
  ['express', ['http']],
  ['http-proxy-middleware', ['http']],
  ['winston', ['observe']],
  ['yaml', ['mapping', 'config']],
  ['zod', ['mapping', 'config', 'http', 'backends']],
]

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort()

const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => {
    const target = match[1] ?? ''
    return {
      from: file,
      to: target.startsWith('.') ? relative(src, resolve(src, dirname(file), target)) : target,
    }
  }),
)
const local = imports.filter((i) => files.includes(i.to))

const roomOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace('.ts', '')
const floorOf = (file: string): number => floors.find(([room]) => room === roomOf(file))?.[1] ?? Number.NaN
/** `backends/sql` is a room of its own beside `backends/memory`. */
const chamberOf = (file: string): string =>
  file.startsWith('backends/') ? file.split('/').slice(0, 2).join('/') : roomOf(file)

describe('the house', () => {
  it('has a floor for every file', () => {
    expect(files.filter((file) => Number.isNaN(floorOf(file)))).toEqual([])
  })

  it('imports downwards only, and never sideways between rooms that cannot see each other', () => {
    const wrong = local.filter(({ from, to }) => {
      if (roomOf(from) === roomOf(to)) {
        // the registry knows every backend; a backend knows no other
        return from !== 'backends/registry.ts' && chamberOf(from) !== chamberOf(to)
      }
      // the top floor is one room: main, config and the commands
      if (floorOf(from) === 6 && floorOf(to) === 6) return false
      return floorOf(to) >= floorOf(from)
    })
    expect(wrong).toEqual([])
  })

  it('keeps every driver in its room', () => {
    const wrong = imports.filter(({ from, to }) =>
      drivers.some(
        ([name, rooms]) =>
          (to === name || to.startsWith(`${name}/`)) &&
          !rooms.some((room) => from.startsWith(`${room}/`) || from === `${room}.ts`),
      ),
    )
    expect(wrong).toEqual([])
  })

  it('reads the environment on the top floor only', () => {
    const wrong = files.filter(
      (file) => floorOf(file) < 6 && /process\.env/.test(readFileSync(join(src, file), 'utf8')),
    )
    expect(wrong).toEqual([])
  })

  it('has no circle of imports at run time', () => {
    const runtime = new Map<string, string[]>()
    for (const file of files) {
      const text = readFileSync(join(src, file), 'utf8')
      runtime.set(
        file,
        [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^'"]*?from\s*'(\.[^']+)'/gm)].map((m) =>
          relative(src, resolve(src, dirname(file), m[1] ?? '')),
        ),
      )
    }
    const done = new Set<string>()
    const visit = (file: string, trail: readonly string[]): readonly string[] | undefined => {
      if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
      if (done.has(file)) return undefined
      for (const next of runtime.get(file) ?? []) {
        const circle = visit(next, [...trail, file])
        if (circle) return circle
      }
      done.add(file)
      return undefined
    }
    expect(files.map((file) => visit(file, [])).filter((circle) => circle !== undefined)).toEqual([])
  })
})
