import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BridgeError } from '../../base/errors.ts'

/** How long a process that is just ending may keep its claim, in milliseconds. */
const patience = 5_000

/**
 * Makes this process the only one that serves an application from a side store: a second one would take the first one's
 * running writes for those of a dead process and settle them. The claim is a lock that the operating system lets go of
 * when the process ends, however it ends. Throws BridgeError `unavailable` when somebody else has it.
 */
export function claimSideStore(file: string, application: string): { release(): void } {
  const path = `${file}-${application}.lock`
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'a', 0o600))
  const lock = new DatabaseSync(path, { timeout: patience })
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new BridgeError(
      'unavailable',
      `another process serves the application '${application}' from the same side store`,
      error,
    )
  }
  return { release: () => (lock.isOpen ? lock.close() : undefined) }
}
