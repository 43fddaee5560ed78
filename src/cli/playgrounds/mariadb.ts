import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runScript } from '../../backends/sql/run-script.ts'
import type { Account } from '../private-server/account.ts'
import { freshFolder, give } from '../private-server/folder.ts'
import { host } from '../private-server/port.ts'
import { program } from '../private-server/programs.ts'
import { runAs } from '../private-server/run-as.ts'
import { run } from '../private-server/run.ts'
import type { ServerFlavour } from './database-server.ts'
import { startServer } from './server.ts'

const fast = ['--skip-name-resolve', '--innodb-log-file-size=16M', '--innodb-flush-log-at-trx-commit=0']

export const mariadb: ServerFlavour = {
  kind: 'mysql',
  protocol: 'mysql:',
  title: 'MariaDB',
  programs: ['mariadbd', 'mariadb-install-db'],
  packages: ['mariadb-server'],
  systemDatabase: 'mysql',

  create: (name, { user, password }) => `
    CREATE DATABASE ${name} CHARACTER SET utf8mb4;
    CREATE USER '${user}'@'%' IDENTIFIED BY '${password}';
    GRANT ALL ON ${name}.* TO '${user}'@'%';`,
  drop: (name, user) => `DROP DATABASE IF EXISTS ${name}; DROP USER IF EXISTS '${user}'@'%';`,

  scriptAs: 'admin',

  async start(admin) {
    const as = runAs(['mysql', 'nobody'])
    const folder = freshFolder('mariadb', as)
    const at = (name: string): string => join(folder, name)
    const accounts = at('accounts.sql')
    writeFileSync(accounts, accountsOf(admin), { mode: 0o600 })
    give(accounts, as)
    await run(
      program('mariadb-install-db'),
      [
        ...['--no-defaults', `--datadir=${at('data')}`, '--auth-root-authentication-method=normal'],
        ...['--skip-test-db', ...fast],
      ],
      { as, cwd: folder },
    )
    return startServer({
      folder,
      endSignal: 'SIGKILL',
      ask: (port) => ({
        ...as,
        file: program('mariadbd'),
        args: [
          ...['--no-defaults', `--datadir=${at('data')}`, `--socket=${at('sock')}`, `--pid-file=${at('pid')}`],
          // a server that starts clears away the temporary tables of every other that shares the folder with it
          `--tmpdir=${folder}`,
          ...[`--bind-address=${host}`, `--port=${port}`, `--init-file=${accounts}`, '--skip-log-bin', ...fast],
          ...['--character-set-server=utf8mb4', '--max-allowed-packet=64M', '--innodb-buffer-pool-size=128M'],
        ],
        outputFile: at('server.log'),
      }),
      probe: (port) => runScript(`mysql://${admin.user}:${admin.password}@${host}:${port}/mysql`, 'SELECT 1'),
    })
  },
}

/** One account, and none without a password, which the new server has. */
const accountsOf = ({ user, password }: Account): string => `
CREATE USER '${user}'@'${host}' IDENTIFIED BY '${password}';
GRANT ALL ON *.* TO '${user}'@'${host}' WITH GRANT OPTION;
DELETE FROM mysql.global_priv WHERE User IN ('root', '');
FLUSH PRIVILEGES;
`
