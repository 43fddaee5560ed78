import { large } from './large.ts'
import { people } from './place.ts'
import { sqlitePlace } from './sqlite-place.ts'

large(sqlitePlace, people)
