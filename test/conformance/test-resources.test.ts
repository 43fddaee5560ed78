import { describe } from 'vitest'
import { servedInMemory } from '../wire/in-memory.ts'
import { served } from '../wire/playground.ts'
import { holdCharacteristics } from './characteristics.ts'
import { holdDataTypes } from './data-types.ts'
import { holdOddBodies } from './odd-bodies.ts'

describe.each([
  ['SQLite', () => served('conformance-sqlite', { empty: true, profile: 'strict' })],
  ['memory', () => servedInMemory('strict')],
] as const)('a type of every characteristic in %s', (_, open) => {
  holdCharacteristics(open)
  holdDataTypes(open)
  holdOddBodies(open)
})
