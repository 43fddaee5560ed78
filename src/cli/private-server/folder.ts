import { chmodSync, chownSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RunAs } from './run-as.ts'

/** A path in it must fit the 107 bytes of a Unix socket's address. */
const longestBase = 60

/** A folder of the account's own, in a place that it can reach. */
export function freshFolder(name: string, as: RunAs): string {
  const base = [tmpdir(), '/tmp'].find((one) => one.length <= longestBase && (as.uid === undefined || open(one)))
  if (base === undefined) throw new Error('no temporary folder that a server can use')
  const folder = mkdtempSync(join(base, `scim-bridge-${name}-`))
  chmodSync(folder, 0o755)
  give(folder, as)
  return folder
}

/** Hands a file that we wrote to the account of the server. */
export function give(path: string, { uid, gid }: RunAs): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/** Whether everybody may pass through to it: below /root nobody but root may. */
function open(folder: string): boolean {
  const passable = (statSync(folder).mode & 0o001) !== 0
  return passable && (folder === dirname(folder) || open(dirname(folder)))
}
