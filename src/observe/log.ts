import type { Writable } from 'node:stream'
import winston from 'winston'
import { never } from '../base/errors.ts'
import type { Observation, Observe } from '../base/observation.ts'
import { causeEntry } from './cause.ts'
import { redact } from './redact.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

const rank: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 }

/** How much each kind of observation matters. */
const levels: Readonly<Record<Observation['kind'], LogLevel>> = {
  listening: 'info',
  stopping: 'info',
  request: 'info',
  bulk: 'debug',
  failure: 'error',
  warning: 'warn',
  quirk: 'debug',
  linked: 'info',
  sweep: 'info',
}

interface Entry {
  readonly message: string
  readonly [field: string]: unknown
}

/** The entry of one observation, field by field: what is not named here cannot reach the log. */
function entryOf(seen: Observation): Entry {
  switch (seen.kind) {
    case 'listening':
      return { message: 'listening', url: seen.url }
    case 'stopping':
      return { message: 'stopping', because: seen.because }
    case 'request':
      return {
        message: 'request',
        request: seen.id,
        application: seen.application,
        method: seen.method,
        route: seen.route,
        status: seen.status,
        milliseconds: seen.milliseconds,
        client: seen.client,
        ...(seen.error !== undefined && { error: seen.error }),
      }
    case 'bulk':
      return { message: 'bulk', request: seen.id, application: seen.application, outcomes: seen.outcomes }
    case 'failure':
      return { message: 'failure', request: seen.id, error: seen.code, cause: causeEntry(seen.cause) }
    case 'warning':
      return { message: 'warning', about: seen.about, detail: seen.detail }
    case 'quirk':
      return { message: 'quirk', quirk: seen.name, application: seen.application }
    case 'linked':
      return { message: 'linked', application: seen.application, type: seen.type }
    case 'sweep':
      return { message: 'sweep', application: seen.application, settled: seen.settled, dropped: seen.dropped }
    default:
      return never(seen)
  }
}

export interface LogOptions {
  readonly level: LogLevel
  /** Where the lines go; standard error when nothing is said. */
  readonly to?: Writable
}

const line = winston.format.printf((info) =>
  JSON.stringify(info, (_key, value: unknown) => (typeof value === 'string' ? redact(value) : value)),
)

/** A sink of observations that writes one JSON object a line. Nothing is built for a level that is off. */
export function log({ level, to = process.stderr }: LogOptions): Observe {
  const logger = winston.createLogger({
    level,
    levels: { ...rank },
    format: winston.format.combine(winston.format.timestamp(), line),
    transports: [new winston.transports.Stream({ stream: to })],
    exitOnError: false,
  })
  const threshold = rank[level]
  return (seen) => {
    const its = levels[seen.kind]
    if (rank[its] > threshold) return
    logger.log({ level: its, ...entryOf(seen) })
  }
}
