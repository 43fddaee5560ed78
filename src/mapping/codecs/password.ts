import { createHash, pbkdf2, pbkdf2Sync, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Json } from '../../base/json.ts'
import type { Attribute } from '../../scim/schema.ts'
import { textOf, wrong } from './made.ts'
import type { MadeCodec } from './made.ts'
import { nothing } from './tests.ts'

export const passwordHashes = ['plain', 'ssha', 'ssha256', 'ssha512', 'pbkdf2', 'django'] as const
export type PasswordScheme = (typeof passwordHashes)[number]
const passwordSchemes = [...passwordHashes, 'modify'] as const

/** The codec of a password that the directory itself sets, hashes and judges (RFC 3062). */
export const passwordModify = 'password modify'

/** Base64 as passlib and OpenLDAP's pw-pbkdf2 write it: `.` for `+`, no padding. */
const adapted = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replaceAll('+', '.').replace(/=+$/, '')

const salted = (label: string, algorithm: string, password: string, salt: Uint8Array): string => {
  const digest = createHash(algorithm).update(password, 'utf8').update(salt).digest()
  return `{${label}}${Buffer.concat([digest, salt]).toString('base64')}`
}

/** The stored form of a password with a given salt. */
export function hashPassword(scheme: PasswordScheme, password: string, salt: Uint8Array, iterations: number): string {
  return isSlow(scheme)
    ? stretched(scheme, pbkdf2Sync(password, salt, iterations, keyBytes, 'sha256'), salt, iterations)
    : quick(scheme, password, salt)
}

const isSlow = (scheme: PasswordScheme): scheme is 'pbkdf2' | 'django' => scheme === 'pbkdf2' || scheme === 'django'
const keyBytes = 32

function quick(scheme: Exclude<PasswordScheme, 'pbkdf2' | 'django'>, password: string, salt: Uint8Array): string {
  switch (scheme) {
    case 'plain':
      return password
    case 'ssha':
      return salted('SSHA', 'sha1', password, salt)
    case 'ssha256':
      return salted('SSHA256', 'sha256', password, salt)
    case 'ssha512':
      return salted('SSHA512', 'sha512', password, salt)
  }
}

function stretched(scheme: 'pbkdf2' | 'django', key: Buffer, salt: Uint8Array, iterations: number): string {
  return scheme === 'pbkdf2'
    ? `{PBKDF2-SHA256}${iterations}$${adapted(salt)}$${adapted(key)}`
    : `pbkdf2_sha256$${iterations}$${Buffer.from(salt).toString('latin1')}$${key.toString('base64')}`
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Django keeps its salt as text of 22 letters and digits. */
const textSalt = (): Uint8Array => {
  const out: number[] = []
  while (out.length < 22)
    for (const byte of randomBytes(32)) if (byte < 248 && out.length < 22) out.push(letters.charCodeAt(byte % 62))
  return Uint8Array.from(out)
}

/** For writing only: a password is never read, compared or shown (RFC 7643 section 4.1.1). */
export function password(attribute: Attribute, scheme: string, iterations = 600_000): MadeCodec {
  const known = passwordSchemes.find((s) => s === scheme)
  if (known === undefined) throw wrong(`"${scheme}" is no password scheme: ${passwordSchemes.join(', ')}`)
  // the same password typed on two keyboards must give one hash (RFC 8265 section 4.2.2, rule 3)
  const prepared = (value: Json): string => textOf(value, attribute.name).normalize('NFC')
  const writeOnly = { decode: () => undefined, none: null, compare: () => nothing, present: () => nothing } as const
  const rest = { ...writeOnly, keepsOrder: false, samples: [] }
  if (known === 'modify') return { ...rest, name: passwordModify, encode: prepared }
  const salt = (): Uint8Array => (known === 'django' ? textSalt() : randomBytes(16))
  return {
    ...rest,
    name: 'password',
    encode: (value) => hashPassword(known, prepared(value), salt(), iterations),
    ...(isSlow(known) && {
      async encodeAhead(value) {
        const fresh = salt()
        return stretched(known, await derive(prepared(value), fresh, iterations, keyBytes, 'sha256'), fresh, iterations)
      },
    }),
  }
}

/** On a thread of its own. */
const derive = promisify(pbkdf2)
