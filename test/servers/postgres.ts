import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { makeCertificates } from './certificates.ts'
import { freshFolder, give } from '../../src/cli/private-server/folder.ts'
import { instanceOf } from './instance.ts'
import { host } from '../../src/cli/private-server/port.ts'
import { program } from '../../src/cli/private-server/programs.ts'
import { runAs } from '../../src/cli/private-server/run-as.ts'
import { run } from '../../src/cli/private-server/run.ts'
import type { Account, SqlFacts, Starter } from './server.ts'

const admin: Account = { user: 'postgres', password: 'postgres' }
const app: Account = { user: 'app', password: 'app' }

/**
 * A private PostgreSQL. Its time zone is a strange one on purpose: who forgets to set the zone of a session is found
 * out. What was committed survives a crash of the server (only a crash of the machine is not thought of).
 */
export const postgres: Starter<SqlFacts> = {
  programs: ['initdb', 'postgres', 'openssl'],
  packages: ['postgresql', 'openssl'],

  async start({ certificate = 'right', maxConnections = 200 }) {
    const as = runAs(['postgres', 'nobody'])
    const folder = freshFolder('postgres', as)
    return instanceOf(folder, { stop: 'SIGINT', end: 'SIGQUIT' }, async () => {
      const at = (name: string): string => join(folder, name)
      const data = at('data')
      const passwordFile = at('password')
      writeFileSync(passwordFile, admin.password)
      give(passwordFile, as)
      const [certificates] = await Promise.all([
        makeCertificates(folder, as),
        run(
          program('initdb'),
          [
            ...['-D', data, '-U', admin.user, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
            ...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
          ],
          { as, cwd: folder },
        ),
      ])
      const { certFile, keyFile } = certificates[certificate]
      appendFileSync(
        join(data, 'postgresql.conf'),
        Object.entries({
          listen_addresses: host,
          unix_socket_directories: '',
          max_connections: maxConnections,
          shared_buffers: '64MB',
          fsync: 'off',
          full_page_writes: 'off',
          timezone: '<+0530>-05:30',
          ssl: 'on',
          ssl_cert_file: certFile,
          ssl_key_file: keyFile,
          logging_collector: 'on',
          log_destination: 'csvlog',
          log_directory: folder,
          log_filename: 'statements.log',
          log_rotation_age: 0,
          log_rotation_size: 0,
          log_statement: 'all',
          log_parameter_max_length: -1,
          log_checkpoints: 'off',
        })
          .map(([name, value]) => `${name} = '${value}'\n`)
          .join(''),
      )
      const connect = async (port: number): Promise<Client> => {
        const client = new Client({ host, port, ...admin, database: 'postgres' })
        client.on('error', () => undefined)
        await client.connect()
        return client
      }
      return {
        // the collector writes the name it was given, but with .csv at its end
        facts: { kind: 'postgres', host, folder, logFile: at('statements.csv'), admin, app, certificates },
        ask: (port) => ({
          ...as,
          file: program('postgres'),
          args: ['-D', data, '-p', String(port)],
          outputFile: at('server.log'),
        }),
        async version(port) {
          const client = await connect(port)
          const { rows } = await client
            .query<{ server_version: string }>('SHOW server_version')
            .finally(() => client.end())
          return rows[0]?.server_version ?? ''
        },
        async finish(port) {
          const client = await connect(port)
          await client.query(`CREATE ROLE ${app.user} LOGIN PASSWORD '${app.password}'`).finally(() => client.end())
        },
      }
    })
  },
}
