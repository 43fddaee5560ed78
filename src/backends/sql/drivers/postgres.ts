import { z } from 'zod'
import { postgres } from '../dialects/postgres.ts'
import type { Driver } from '../driver.ts'
import { readPostgresSchema } from '../live/postgres.ts'
import { serverConfig, serverWords } from '../server-config.ts'
import { serverPool } from '../server-pool.ts'
import type { Generation } from './postgres-link.ts'
import { connectPostgres } from './postgres-link.ts'

const section = z.strictObject({ ...serverWords, dialect: z.enum(['postgres', 'postgresql']) })

export const postgresDriver: Driver = {
  dialect: postgres,
  section,
  open: async (said, base) => {
    const config = serverConfig(said, base, { protocols: ['postgres:', 'postgresql:'], port: 5432 })
    const generation: Generation = { number: 0 }
    return serverPool(() => connectPostgres(config, generation), config.limits, !config.readOnly)
  },
  readSchema: readPostgresSchema,
}
