import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observe } from '../base/observation.ts'
import { BridgeError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { readConfig } from '../config.ts'
import { log } from '../observe/log.ts'
import { command } from './command.ts'
import { playgrounds } from './playgrounds.ts'
import type { Place } from './playgrounds/place.ts'
import { seed } from './seed.ts'
import { start } from './start.ts'
import { untilOrphaned, untilStopped } from './until-stopped.ts'

export interface PlaygroundOptions {
  readonly port?: string | undefined
  readonly empty: boolean
  readonly profile?: string | undefined
  /** The folder of the shipped mappings. */
  readonly mappings: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly observe: Observe
  /** Tells the user what takes a while. */
  readonly say?: ((text: string) => void) | undefined
}

export interface Playground {
  readonly url: string
  readonly token: string
  readonly info: JsonObject
  stop(): Promise<void>
}

/** Starts the private backend of a shipped mapping in a temporary folder and serves it. `stop` leaves nothing behind. */
export async function startPlayground(name: string, options: PlaygroundOptions): Promise<Playground> {
  const kind = Object.hasOwn(playgrounds, name) ? playgrounds[name] : undefined
  if (!kind) {
    throw new BridgeError(
      'invalidConfiguration',
      `there is no playground '${name}'; there are ${Object.keys(playgrounds).join(', ')}`,
    )
  }
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-'))
  let place: Place | undefined
  const remove = async (): Promise<void> => {
    await place?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    place = await kind.start({
      folder,
      mappings: options.mappings,
      empty: options.empty,
      env: options.env,
      say: options.say ?? (() => undefined),
    })
    const token = randomBytes(24).toString('base64url')
    const env = { ...options.env, ...place.env, SCIM_BRIDGE_TOKEN: token }
    const config = readConfig(
      undefined,
      {
        mappings: [join(options.mappings, kind.mapping)],
        sideStore: join(folder, 'side.db'),
        port: options.port ?? '0',
        ...(options.profile === undefined ? {} : { profile: options.profile }),
      },
      env,
    )
    const running = await start(config, env, options.observe)
    const url = running.urls[0] ?? ''
    try {
      if (kind.seed && !options.empty) await seed(url, token)
    } catch (error) {
      await running.stop()
      throw error
    }
    return {
      url,
      token,
      info: { pid: process.pid, backend: place.backend },
      stop: async () => {
        await running.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

const spec = {
  name: 'playground',
  summary:
    'Serves a shipped mapping on a private backend in a temporary folder; prints READY <base-url> <token>. Leaves nothing behind.',
  operands: { shown: '<name>', least: 1, most: 1 },
  options: {
    port: { type: 'string', short: 'p', value: '<port>', description: 'port to listen on (any free one)' },
    empty: { type: 'boolean', description: 'without the people and groups that it comes with' },
    profile: { type: 'string', value: '<name>', description: 'client dialect: tolerant, strict, …' },
    info: { type: 'string', value: '<file>', description: 'writes there as JSON how to reach the backend' },
  },
} as const

/** One line on standard output; everything else on standard error. */
export const playground = command(spec, async (options, [name = ''], { env, mappings, print }) => {
  const stopped = Promise.race([untilStopped(), untilOrphaned(env)])
  const running = await startPlayground(name, {
    port: options.port,
    profile: options.profile,
    empty: options.empty === true,
    mappings,
    env,
    observe: log({ level: 'info' }),
    say: (text) => process.stderr.write(`${text}\n`),
  })
  try {
    if (options.info !== undefined) writeFileSync(options.info, `${JSON.stringify(running.info, null, 2)}\n`)
    print(`READY ${running.url} ${running.token}`)
    await stopped
  } finally {
    await running.stop()
  }
})
