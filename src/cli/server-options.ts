import type { Flags } from '../config.ts'
import type { OptionSpec, OptionValues } from './arguments.ts'

/** The options of every command that serves. */
export const serverOptions = {
  config: { type: 'string', short: 'c', value: '<bridge.yaml>', description: 'configuration file' },
  host: { type: 'string', value: '<address>', description: 'address to listen on (127.0.0.1)' },
  port: { type: 'string', short: 'p', value: '<port>', description: 'port to listen on (8080)' },
  'public-url': { type: 'string', value: '<url>', description: 'URL by which clients reach the bridge' },
  profile: { type: 'string', value: '<name>', description: 'client dialect: tolerant, strict, …' },
  'side-store': { type: 'string', value: '<file>', description: 'file of the side store' },
  'log-level': { type: 'string', value: '<level>', description: 'error, warn, info or debug' },
  'allow-anonymous': { type: 'boolean', description: 'serve without a token, on loopback only' },
  'insecure-http': { type: 'boolean', description: 'listen on other than loopback without TLS' },
} as const satisfies Readonly<Record<string, OptionSpec>>

/** What the options say, as the configuration takes it. */
export function serverFlags(options: OptionValues<typeof serverOptions>, mappings: readonly string[]): Flags {
  const { host, port, profile } = options
  const publicUrl = options['public-url']
  const sideStore = options['side-store']
  const logLevel = options['log-level']
  const allowAnonymous = options['allow-anonymous']
  const insecureHttp = options['insecure-http']
  return {
    mappings,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(profile !== undefined && { profile }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(sideStore !== undefined && { sideStore }),
    ...(logLevel !== undefined && { logLevel }),
    ...(allowAnonymous !== undefined && { allowAnonymous }),
    ...(insecureHttp !== undefined && { insecureHttp }),
  }
}
