import { z } from 'zod'
import { mysql } from '../dialects/mysql.ts'
import type { Driver } from '../driver.ts'
import { readMysqlSchema } from '../live/mysql.ts'
import { serverConfig, serverWords } from '../server-config.ts'
import { serverPool } from '../server-pool.ts'
import { mysqlLink } from './mysql-link.ts'

const section = z.strictObject({ ...serverWords, dialect: z.enum(['mysql', 'mariadb']) })

/** MySQL and MariaDB over mysql2. */
export const mysqlDriver: Driver = {
  dialect: mysql,
  section,
  open: async (said, base) => {
    const config = serverConfig(section.parse(said), base, { protocols: ['mysql:', 'mariadb:'], port: 3306 })
    return serverPool(() => mysqlLink(config), config.limits, !config.readOnly)
  },
  readSchema: readMysqlSchema,
}
