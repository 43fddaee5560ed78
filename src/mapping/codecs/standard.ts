import type { NativeScalar } from '../slot.ts'

/** How a kind of legacy system writes what the file says without a form of its own. */
export interface Standard {
  readonly yes: NativeScalar
  readonly no: NativeScalar
  /** A form of time. */
  readonly time: string
  /** A constant of the file as the system holds it. */
  readonly constant: (said: NativeScalar) => NativeScalar
}

const columns: Standard = { yes: 1, no: 0, time: 'datetime', constant: (said) => said }

/** Whatever a directory holds is text; Boolean and Generalized Time are RFC 4517 sections 3.3.3 and 3.3.13. */
const attributes: Standard = {
  yes: 'TRUE',
  no: 'FALSE',
  time: 'generalized',
  constant: (said) => {
    if (typeof said === 'boolean') return said ? 'TRUE' : 'FALSE'
    return typeof said === 'number' || typeof said === 'bigint' ? String(said) : said
  },
}

export const standardOf = (backend: string): Standard => (backend === 'ldap' ? attributes : columns)
