import type { Dialect } from './dialect.ts'
import { mssql } from './dialects/mssql.ts'
import { mysql } from './dialects/mysql.ts'
import { oracle } from './dialects/oracle.ts'
import { postgres } from './dialects/postgres.ts'
import { sqlite } from './dialects/sqlite.ts'
import type { Driver } from './driver.ts'
import { mysqlDriver } from './drivers/mysql.ts'
import { postgresDriver } from './drivers/postgres.ts'
import { sqliteDriver } from './drivers/sqlite.ts'

/** Every database that `dialect:` may name. One without a driver compiles and explains only. */
const dialects: Readonly<Record<string, { readonly dialect: Dialect; readonly driver: Driver | undefined }>> = {
  mysql: { dialect: mysql, driver: mysqlDriver },
  mariadb: { dialect: mysql, driver: mysqlDriver },
  sqlite: { dialect: sqlite, driver: sqliteDriver },
  mssql: { dialect: mssql, driver: undefined },
  oracle: { dialect: oracle, driver: undefined },
  postgres: { dialect: postgres, driver: postgresDriver },
  postgresql: { dialect: postgres, driver: postgresDriver },
}

const found = (name: string) => (Object.hasOwn(dialects, name) ? dialects[name] : undefined)

export const dialectNamed = (name: string): Dialect | undefined => found(name)?.dialect
export const driverNamed = (name: string): Driver | undefined => found(name)?.driver
export const dialectNames: readonly string[] = Object.keys(dialects)
