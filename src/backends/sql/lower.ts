import { never } from '../../base/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { change } from './change.ts'
import { create } from './create.ts'
import type { Database } from './database.ts'
import { keyOfTable } from './database.ts'
import type { SqlProgram } from './program.ts'
import { chunk, get, page } from './read.ts'
import { remove } from './remove.ts'
import { transaction } from './statement.ts'

/** A plan as a program. Pure: nothing is asked before somebody drives its steps. */
export function lower(database: Database, plan: Plan): SqlProgram {
  switch (plan.kind) {
    case 'get':
      return { kind: 'read', plan, steps: (circumstances) => get(database, plan, circumstances) }
    case 'list': {
      const { cut } = plan
      if (cut.by === 'backend')
        return {
          kind: 'read',
          plan,
          steps: (circumstances) => transaction(database, 'read', page(database, plan, cut, circumstances)),
        }
      return {
        kind: 'stream',
        plan,
        key: keyOfTable(plan.of),
        chunk: (circumstances, after) => transaction(database, 'read', chunk(database, plan, after, circumstances)),
      }
    }
    case 'create':
      return {
        kind: 'write',
        plan,
        steps: (circumstances) => transaction(database, 'write', create(database, plan, circumstances)),
      }
    case 'change':
      return {
        kind: 'write',
        plan,
        steps: (circumstances) => transaction(database, 'write', change(database, plan, circumstances)),
      }
    case 'remove':
      return {
        kind: 'write',
        plan,
        steps: (circumstances) => transaction(database, 'write', remove(database, plan, circumstances)),
      }
    default:
      return never(plan)
  }
}
