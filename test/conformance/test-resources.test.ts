import { describe } from 'vitest'
import { served } from '../wire/playground.ts'
import { holdCharacteristics } from './characteristics.ts'
import { holdDataTypes } from './data-types.ts'
import { holdOddBodies } from './odd-bodies.ts'
import { servedInMemory } from './test-resource.ts'

describe.each([
  ['SQLite', () => served('conformance-sqlite', { empty: true, profile: 'strict' })],
  ['memory', servedInMemory],
] as const)('a type of every characteristic in %s', (_, open) => {
  holdCharacteristics(open)
  holdDataTypes(open)
  holdOddBodies(open)
})
