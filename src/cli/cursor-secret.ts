import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BridgeError } from '../base/errors.ts'

const length = 32

/**
 * What cursors are sealed with where the configuration says nothing: random bytes in a file beside the side store, made
 * once, so that walks go on after a restart. Of two processes that make it at the same moment one is the first, and
 * both read what that one wrote: a link does not replace a file, and is there with all of its bytes.
 */
export function cursorSecret(sideStore: string): Uint8Array {
  const path = `${sideStore}-cursors.key`
  const made = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const held = read(path)
    if (held !== undefined) return held
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(made, randomBytes(length), { mode: 0o600, flag: 'wx' })
    try {
      linkSync(made, path)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    } finally {
      rmSync(made, { force: true })
    }
    const now = read(path)
    if (now !== undefined) return now
  } catch (error) {
    throw new BridgeError('unavailable', `${path}: the key of the cursors can be neither read nor made`, error)
  }
  throw new BridgeError('unavailable', `${path}: the key of the cursors has gone again`)
}

function read(path: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(path)
    if (bytes.length === length) return bytes
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  throw new Error(`the file is not of ${length} bytes`)
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
