import { never } from '../../base/errors.ts'
import type { ListPlan, Plan } from '../../plan/plan.ts'
import type { Outcome, Program } from '../../plan/port.ts'
import { change } from './change.ts'
import { create } from './create.ts'
import type { Directory } from './directory.ts'
import { page } from './page.ts'
import type { Circumstances, Steps } from './program.ts'
import { get } from './read.ts'
import { remove } from './remove.ts'

export type LdapProgram = Program &
  (
    | { readonly kind: 'read' | 'write'; steps(circumstances: Circumstances): Steps<Outcome> }
    /** Records by chunks, since nobody knows how many of them the bridge will look at. */
    | { readonly kind: 'stream'; readonly plan: ListPlan }
  )

/** A plan as a program. Pure: nothing is asked before somebody drives its steps. */
export function lower(directory: Directory, plan: Plan): LdapProgram {
  switch (plan.kind) {
    case 'get':
      return { kind: 'read', plan, steps: (circumstances) => get(directory, plan, circumstances) }
    case 'list': {
      const { cut } = plan
      if (cut.by === 'bridge') return { kind: 'stream', plan }
      return { kind: 'read', plan, steps: (circumstances) => page(directory, plan, cut, circumstances) }
    }
    case 'create':
      return { kind: 'write', plan, steps: (circumstances) => create(directory, plan, circumstances) }
    case 'change':
      return { kind: 'write', plan, steps: (circumstances) => change(directory, plan, circumstances) }
    case 'remove':
      return { kind: 'write', plan, steps: (circumstances) => remove(directory, plan, circumstances) }
    default:
      return never(plan)
  }
}
