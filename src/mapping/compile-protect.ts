import type { Protection } from './catalog.ts'
import { allOf, anyOf } from './codecs/tests.ts'
import type { TypeScope } from './compile-scope.ts'
import { fieldPlace } from './compile-slot.ts'
import { columnTest } from './compile-where.ts'
import type { ResourceFile } from './file.ts'
import type { ProtectionFile } from './file-protect.ts'
import type { FilePath } from './load.ts'
import type { Slot } from './slot.ts'

/** `protect: { match: …, from: … }`: records that no client may change in these ways. */
export function compileProtect(scope: TypeScope, said: ResourceFile['protect']): readonly Protection[] {
  const at = [...scope.at, 'protect']
  if (said === undefined) return []
  return Array.isArray(said)
    ? said.map((one, i) => compileOne(scope, one, [...at, i]))
    : [compileOne(scope, said as ProtectionFile, at)]
}

function compileOne(scope: TypeScope, said: ProtectionFile, at: FilePath): Protection {
  const slots = new Map<string, Slot>()
  const parts = Array.isArray(said.match) ? said.match : [said.match]
  const match = parts.map((part, i) => {
    const path = [...at, 'match', ...(Array.isArray(said.match) ? [i] : [])]
    const tests = Object.entries(part as Exclude<ProtectionFile['match'], readonly unknown[]>)
    if (tests.length === 0) scope.report.error(path, 'nothing is tested', 'a column with a value')
    return allOf(
      ...tests.map(([column, value]) => {
        const place = fieldPlace(scope, column, [...path, column], false)
        const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
        const slot: Slot = { key, many: false, at: { kind: 'field', ...place } }
        slots.set(key, slot)
        return columnTest(scope, slot, Array.isArray(value) ? { in: value } : value, [...path, column])
      }),
    )
  })
  return { match: anyOf(...match), slots: [...slots.values()], from: new Set(said.from), because: said.because }
}
