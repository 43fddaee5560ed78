import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runScript } from '../../backends/sql/run-script.ts'
import { freshFolder, give } from '../private-server/folder.ts'
import { host } from '../private-server/port.ts'
import { program } from '../private-server/programs.ts'
import { runAs } from '../private-server/run-as.ts'
import { run } from '../private-server/run.ts'
import type { ServerFlavour } from './database-server.ts'
import { startServer } from './server.ts'

/** Nobody will miss the data after a power cut. */
const settings = {
  listen_addresses: host,
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '100',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
}

export const postgres: ServerFlavour = {
  kind: 'postgres',
  protocol: 'postgres:',
  title: 'PostgreSQL',
  programs: ['initdb', 'postgres'],
  packages: ['postgresql'],
  systemDatabase: 'postgres',

  // CREATE DATABASE stands alone: several statements at once are one transaction
  create: (name, { user, password }) => [
    `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`,
    `GRANT ${user} TO CURRENT_USER`,
    `CREATE DATABASE ${name} OWNER ${user} ENCODING 'UTF8' TEMPLATE template0`,
  ],
  drop: (name, user) => [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, `DROP ROLE IF EXISTS ${user}`],

  scriptAs: 'owner',

  async start(admin) {
    const as = runAs(['postgres', 'nobody'])
    const folder = freshFolder('postgres', as)
    const at = (name: string): string => join(folder, name)
    writeFileSync(at('password'), admin.password, { mode: 0o600 })
    give(at('password'), as)
    await run(
      program('initdb'),
      [
        ...['-D', at('data'), '-U', admin.user, `--pwfile=${at('password')}`, '--auth=scram-sha-256'],
        ...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
      ],
      { as, cwd: folder },
    )
    return startServer({
      folder,
      endSignal: 'SIGQUIT',
      ask: (port) => ({
        ...as,
        file: program('postgres'),
        args: [
          ...['-D', at('data'), '-p', String(port)],
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        outputFile: at('server.log'),
      }),
      probe: (port) => runScript(`postgres://${admin.user}:${admin.password}@${host}:${port}/postgres`, 'SELECT 1'),
    })
  },
}
