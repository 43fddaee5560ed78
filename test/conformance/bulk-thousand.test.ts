import { describe } from 'vitest'
import { servedInMemory } from '../wire/in-memory.ts'
import { served } from '../wire/playground.ts'
import { holdBulk } from './hold-bulk.ts'

describe('bulk in the reference store', () => holdBulk(() => servedInMemory('tolerant')))
describe('bulk on SQLite', () => holdBulk(() => served('conformance-sqlite', { empty: true })))
