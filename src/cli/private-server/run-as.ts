import { execFileSync } from 'node:child_process'

/** The account a server runs as; empty when it is the one that runs this. */
export interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** Servers never run as root (PostgreSQL refuses to): the first of these accounts that the machine knows takes over. */
export function runAs(accounts: readonly string[]): RunAs {
  if (!isRoot()) return {}
  const found = accounts.map(idsOf).find((ids) => ids !== undefined)
  if (!found) throw new Error(`none of the accounts ${accounts.join(', ')} exists, and a server must not run as root`)
  return found
}

function idsOf(account: string): Required<RunAs> | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, account], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}
