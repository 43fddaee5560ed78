import { served } from '../wire/playground.ts'
import { holdFilterCases } from './filter-cases.ts'

holdFilterCases(() => served('conformance-sqlite', { empty: true, profile: 'strict' }))
