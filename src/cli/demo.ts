import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { log } from '../observe/log.ts'
import { command } from './command.ts'
import { serverFlags, serverOptions } from './server-options.ts'
import { start } from './start.ts'
import { untilStopped } from './until-stopped.ts'

const spec = {
  name: 'demo',
  summary: 'Serves the demonstration application; database and token are kept under ./data.',
  operands: { shown: '', least: 0, most: 0 },
  options: serverOptions,
} as const

/** `npm start`: a token that is made once, and requests to copy. */
export const demo = command(spec, async (options, _operands, { env, mappings, print }) => {
  const folder = resolve('data')
  mkdirSync(folder, { recursive: true })
  const token = env['SCIM_BRIDGE_TOKEN'] ?? keptToken(join(folder, 'token'))
  const environment = {
    ...env,
    SCIM_BRIDGE_TOKEN: token,
    SCIM_BRIDGE_DEMO_DB: env['SCIM_BRIDGE_DEMO_DB'] ?? join(folder, 'demo.db'),
  }
  const config = readConfig(
    options.config,
    { sideStore: join(folder, 'side.db'), logLevel: 'warn', ...serverFlags(options, [join(mappings, 'demo.yaml')]) },
    environment,
  )
  const stopped = untilStopped()
  const running = await start(config, environment, log({ level: config.log.level }))
  const [url = ''] = running.urls
  print(`LISTENING ${url}\n\n${welcome(url, token)}`)
  await stopped
  await running.stop()
})

function keptToken(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
    chmodSync(file, 0o600)
  }
  return readFileSync(file, 'utf8').trim()
}

const welcome = (url: string, token: string): string =>
  [
    'Authorization: Bearer ' + token,
    '',
    '# who works in Sales? (a lookup table in the legacy schema)',
    `curl -sG -H "Authorization: Bearer ${token}" "${url}/Users" \\`,
    `  --data-urlencode 'filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Sales"' -d count=2`,
    '',
    '# a joiner',
    `curl -s -H "Authorization: Bearer ${token}" -H "Content-Type: application/scim+json" "${url}/Users" \\`,
    `  -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","name":{"givenName":"Ada","familyName":"Lovelace"},"externalId":"00u1"}'`,
    '',
    '# found by the id that the client gave, which the legacy schema has no place for',
    `curl -sG -H "Authorization: Bearer ${token}" "${url}/Users" --data-urlencode 'filter=externalId eq "00u1"'`,
    '',
    'What becomes of a request: npm run -s scim-bridge -- explain mappings/demo.yaml GET \'/Users?filter=userName eq "ada"\'',
    'Change mappings/demo.yaml and start again to see it change. Everything is kept under ./data.',
  ].join('\n')
