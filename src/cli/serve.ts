import { readConfig } from '../config.ts'
import { log } from '../observe/log.ts'
import { command } from './command.ts'
import { serverFlags, serverOptions } from './server-options.ts'
import { start } from './start.ts'
import { untilStopped } from './until-stopped.ts'

const spec = {
  name: 'serve',
  summary: 'Serves SCIM 2.0 in front of what the mapping files describe; prints LISTENING <base-url> for each.',
  operands: { shown: '<mapping.yaml>…', least: 0, most: 1000 },
  options: serverOptions,
} as const

export const serve = command(spec, async (options, mappings, { env, print }) => {
  const config = readConfig(options.config, serverFlags(options, mappings), env)
  const observe = log({ level: config.log.level })
  const stopped = untilStopped()
  const running = await start(config, env, observe)
  for (const url of running.urls) {
    print(`LISTENING ${url}`)
    observe({ kind: 'listening', url })
  }
  observe({ kind: 'stopping', because: await stopped })
  await running.stop()
})
