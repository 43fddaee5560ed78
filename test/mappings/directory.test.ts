import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeServer } from '../servers/with-server.ts'
import { folder } from './fixture.ts'

type Block = Readonly<Record<string, unknown>>

interface Mapping {
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly id: string
        readonly version: { readonly slot: string }
        readonly entry: { readonly objectClasses: readonly string[]; readonly set?: { readonly create: Block } }
        readonly derived?: Block
        readonly attributes: Block
      }
    >
  >
}

/** The native name of one attribute of a mapping; those kept beside or computed have none. */
const nameOf = (said: unknown): readonly string[] => {
  if (typeof said === 'string') return [said]
  const { slot } = said as { readonly slot?: string }
  return slot === undefined || slot.startsWith('${') ? [] : [slot]
}

/** What the schema says in `attributeTypes` and `objectClasses` is called. */
const namesIn = (definitions: readonly string[] = []): ReadonlySet<string> =>
  new Set(
    definitions.flatMap((one) => [...(/NAME (?:'([^']+)'|\(([^)]+)\))/.exec(one)?.slice(1) ?? [])].flatMap(wordsOf)),
  )

const wordsOf = (text: string | undefined): readonly string[] => text?.match(/[\w-]+/g) ?? []

await describeServer('openldap', 'the schema of a directory', (server) => {
  it.each(['openldap.yaml', 'posix.yaml'])('knows every attribute and class of %s', async (file) => {
    const directory = await server.freshDirectory({ overlays: false })
    const schema = await directory.client().read('cn=Subschema', ['attributeTypes', 'objectClasses'])
    const types = namesIn(schema?.values['attributeTypes'])
    const classes = namesIn(schema?.values['objectClasses'])
    const { resources } = parse(readFileSync(resolve(folder, file), 'utf8')) as Mapping
    const named = Object.values(resources).flatMap(({ id, version, entry, derived, attributes }) => [
      ...[id, version.slot],
      ...Object.keys({ ...entry.set?.create, ...derived }),
      ...Object.values(attributes).flatMap(nameOf),
    ])
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((name) => !types.has(name))).toEqual([])
    const required = Object.values(resources).flatMap(({ entry }) => entry.objectClasses)
    expect(required.filter((name) => !classes.has(name))).toEqual([])
    await directory.drop()
  })
})
