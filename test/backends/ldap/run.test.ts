import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../../src/base/errors.ts'
import type { Steps } from '../../../src/backends/ldap/program.ts'
import { run } from '../../../src/backends/ldap/run.ts'
import { turns } from '../../../src/backends/ldap/turns.ts'
import type { Wire } from '../../../src/backends/ldap/wire/wire.ts'

const decision = { write: { fields: [], rows: [], links: [] }, unique: [], side: undefined }
/** Nothing of it is asked here. */
const wire = {} as Wire
const means = { wire, turns: turns(), readOnly: false }

describe('what goes wrong while a program runs', () => {
  const defect = new TypeError('x is not a function')
  const steps = (seen: unknown[]) =>
    function* (): Steps<void> {
      try {
        yield { kind: 'decided', decision }
      } catch (error) {
        seen.push(error)
        throw error
      }
    }

  it('is no absence of the directory when it is a defect of ours', async () => {
    const seen: unknown[] = []
    const beforeWrite = () => Promise.reject(defect)
    const signal = AbortSignal.timeout(10_000)
    await expect(run(means, steps(seen), { signal, beforeWrite })).rejects.toBe(defect)
    expect(seen).toEqual([defect])
  })

  it('is the end of the request when that came first', async () => {
    const given = new AbortController()
    const beforeWrite = () => {
      given.abort()
      return Promise.reject(defect)
    }
    const ran = run(means, steps([]), { signal: given.signal, beforeWrite })
    await expect(ran).rejects.toSatisfy((error) => error instanceof BridgeError && error.reason === 'timeout')
  })
})
