import type { Dn } from '../../../mapping/dn/dn.ts'
import { parentOf } from '../../../mapping/dn/dn.ts'
import { dnKey, isSameDn, isWithin } from '../../../mapping/dn/dn-key.ts'
import { parseDn } from '../../../mapping/dn/parse-dn.ts'
import type { Operation } from '../operation.ts'
import type { Station } from './servers.ts'

/** Which server took the last write, container by container, for as long as the others may not know of it yet. */
export interface RecentWrites {
  taken(write: Operation, by: Station): void
  /** Who took the last write that an operation could be about; undefined when there is none. */
  lastFor(operation: Operation): Station | undefined
}

interface Taken {
  readonly container: Dn
  readonly by: Station
  readonly at: number
}

/** `settle` is how long the others need, in milliseconds. */
export function recentWrites(settle: number, now: () => number = () => performance.now()): RecentWrites {
  const recent = new Map<string, Taken>()
  const nameIn = (operation: Operation): Dn | undefined =>
    parseDn(operation.kind === 'search' ? operation.base : operation.dn)
  return {
    taken(write, by) {
      const dn = nameIn(write)
      const to = write.kind === 'rename' && write.superior !== undefined ? parseDn(write.superior) : undefined
      for (const container of [dn === undefined ? [] : parentOf(dn), ...(to === undefined ? [] : [to])])
        recent.set(dnKey(container), { container, by, at: now() })
    },
    lastFor(operation) {
      const at = nameIn(operation)
      let last: Taken | undefined
      for (const [key, one] of recent) {
        if (now() - one.at >= settle) recent.delete(key)
        else if ((last === undefined || last.at <= one.at) && isAbout(at, one.container)) last = one
      }
      return last?.by
    },
  }
}

/** Is the container, or what it contains, what somebody asks for by this name? */
const isAbout = (name: Dn | undefined, container: Dn): boolean =>
  name === undefined ||
  isSameDn(name, container) ||
  isWithin(container, name, 'sub') ||
  isSameDn(parentOf(name), container)
