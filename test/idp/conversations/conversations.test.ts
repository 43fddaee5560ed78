import { served } from '../../wire/playground.ts'
import { holdTalks } from './hold-talks.ts'
import { servedInMemory } from '../../wire/in-memory.ts'

holdTalks('memory', servedInMemory)
holdTalks('sqlite', (profile) => served('conformance-sqlite', { empty: true, profile }))
