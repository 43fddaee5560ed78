import { z } from 'zod'

const name = z.string().regex(/^[A-Za-z0-9_]*$/, 'letters, digits and underscores only')

/** What the `backend` section says for every database; a driver adds its own words. */
export const sectionWords = {
  kind: z.literal('sql'),
  readOnly: z.boolean().optional(),
  prefix: name.optional(),
  tenant: z.record(name, z.union([z.string(), z.number()])).optional(),
}
