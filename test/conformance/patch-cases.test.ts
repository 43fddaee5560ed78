import { served } from '../wire/playground.ts'
import { holdPatchCases } from './patch-cases.ts'

holdPatchCases(() => served('conformance-sqlite', { empty: true, profile: 'strict' }))
