import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import type { RowDataPacket } from 'mysql2/promise'
import { makeCertificates } from './certificates.ts'
import { freshFolder, give } from '../../src/cli/private-server/folder.ts'
import { instanceOf } from './instance.ts'
import { host } from '../../src/cli/private-server/port.ts'
import { program } from '../../src/cli/private-server/programs.ts'
import { runAs } from '../../src/cli/private-server/run-as.ts'
import { run } from '../../src/cli/private-server/run.ts'
import type { Account, SqlFacts, Starter } from './server.ts'

const admin: Account = { user: 'admin', password: 'admin' }
const app: Account = { user: 'app', password: 'app' }

/**
 * A private MariaDB. Its time zone is a strange one on purpose: who forgets to set the zone of a session is found out.
 * What was committed survives SIGKILL (the log is written at each commit, only never flushed to the disk).
 */
export const mariadb: Starter<SqlFacts> = {
  programs: ['mariadbd', 'mariadb-install-db', 'openssl'],
  packages: ['mariadb-server', 'openssl'],

  async start({ certificate = 'right', maxConnections = 200 }) {
    const as = runAs(['mysql', 'nobody'])
    const folder = freshFolder('mariadb', as)
    return instanceOf(folder, { stop: 'SIGTERM', end: 'SIGKILL' }, async () => {
      const at = (name: string): string => join(folder, name)
      const data = at('data')
      const accounts = at('accounts.sql')
      writeFileSync(accounts, createAccounts)
      give(accounts, as)
      const [certificates] = await Promise.all([
        makeCertificates(folder, as),
        run(
          program('mariadb-install-db'),
          [
            ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
            ...['--skip-name-resolve', '--innodb-log-file-size=16M', '--innodb-flush-log-at-trx-commit=0'],
          ],
          { as, cwd: folder },
        ),
      ])
      const { certFile, keyFile } = certificates[certificate]
      const logFile = at('statements.log')
      const settings = [
        ...['--no-defaults', `--datadir=${data}`, `--socket=${at('sock')}`, `--pid-file=${at('pid')}`],
        // a server that starts clears away the temporary tables of every other that shares the folder with it
        `--tmpdir=${folder}`,
        ...[`--bind-address=${host}`, '--skip-name-resolve', `--init-file=${accounts}`, '--skip-log-bin'],
        ...['--character-set-server=utf8mb4', '--default-time-zone=+05:30', '--max-allowed-packet=64M'],
        ...['--innodb-buffer-pool-size=128M', '--innodb-log-file-size=48M', '--innodb-flush-log-at-trx-commit=2'],
        ...['--skip-innodb-doublewrite', '--sync-frm=OFF', `--max-connections=${maxConnections}`],
        ...['--general-log=ON', `--general-log-file=${logFile}`],
        ...[`--ssl-ca=${certificates.caFile}`, `--ssl-cert=${certFile}`, `--ssl-key=${keyFile}`],
      ]
      return {
        facts: { kind: 'mariadb', host, folder, logFile, admin, app, certificates },
        ask: (port) => ({
          ...as,
          file: program('mariadbd'),
          args: [...settings, `--port=${port}`],
          outputFile: at('server.log'),
        }),
        async version(port) {
          const connection = await createConnection({ host, port, ...admin })
          try {
            const [rows] = await connection.query<RowDataPacket[]>('SELECT version() AS version')
            return String(rows[0]?.['version'] ?? '')
          } finally {
            connection.destroy()
          }
        },
      }
    })
  },
}

// read at every start of the server, so it has to bear being run again
const createAccounts = `
CREATE USER IF NOT EXISTS '${admin.user}'@'${host}' IDENTIFIED BY '${admin.password}';
GRANT ALL ON *.* TO '${admin.user}'@'${host}' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS '${app.user}'@'${host}' IDENTIFIED BY '${app.password}';
`
