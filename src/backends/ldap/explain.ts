import { never } from '../../base/errors.ts'
import type { NativeOperation } from '../../plan/port.ts'
import { assumedEntry, success } from './assumed.ts'
import type { Result } from './operation.ts'
import { printOperation } from './print.ts'
import type { Steps } from './program.ts'

/** The operations of a program in order, each answered with what is assumed. */
export function explainSteps(steps: Steps<unknown>): readonly NativeOperation[] {
  const operations: NativeOperation[] = []
  let result: Result = success
  for (;;) {
    const next = steps.next(result)
    if (next.done === true) return operations
    const step = next.value
    result = success
    switch (step.kind) {
      case 'lock':
      case 'decided':
        break
      case 'walk':
        operations.push(printOperation(step.search, step.note))
        step.take([assumedEntry(step.search)])
        break
      case 'operation':
        operations.push(printOperation(step.operation, step.note))
        result = step.assume
        break
      default:
        return never(step)
    }
  }
}
