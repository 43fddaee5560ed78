import { readFileSync } from 'node:fs'

/**
 * Sends a signal to a process and to all that came from it: PostgreSQL answers its clients in processes of their own.
 * Each is stopped while its children are counted, so that it makes no more of them.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, 'SIGSTOP')
    for (const child of childrenOf(pid)) signalTree(child, signal)
    process.kill(pid, signal)
  } catch (error) {
    // it may end by itself meanwhile
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
