import { served } from '../wire/playground.ts'
import { holdFilterLetter } from './filter-letter.ts'

holdFilterLetter(() => served('conformance-sqlite', { empty: true, profile: 'strict' }))
