import { never } from '../../base/errors.ts'
import type { NativeOperation } from '../../plan/port.ts'
import type { Result, Steps } from './program.ts'
import { nothing } from './program.ts'

/** The statements of a program in order, each answered with what is assumed. */
export function explainSteps(steps: Steps<unknown>): readonly NativeOperation[] {
  const operations: NativeOperation[] = []
  let result: Result = nothing
  for (;;) {
    const next = steps.next(result)
    if (next.done === true) return operations
    const step = next.value
    switch (step.kind) {
      case 'decided':
        result = nothing
        break
      case 'statement':
        operations.push({ ...step.statement, ...(step.note === undefined ? {} : { note: step.note }) })
        result = step.assume
        break
      default:
        return never(step)
    }
  }
}
