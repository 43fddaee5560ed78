import { served } from '../wire/playground.ts'
import { holdResources } from './resources.ts'

holdResources(() => served('conformance-sqlite', { empty: true, profile: 'strict' }))
