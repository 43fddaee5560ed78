import { isIP } from 'node:net'

/** Is this an address that only the same machine reaches? */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
