import type { Schema } from '../schema.ts'
import { resourceTypeSchema } from './resource-type.ts'
import { schemaSchema } from './schema.ts'
import { serviceProviderConfigSchema } from './service-provider-config.ts'

/** What describes the answers of discovery itself (RFC 7643 section 8.7.2). */
export const discoverySchemas: readonly Schema[] = [serviceProviderConfigSchema, resourceTypeSchema, schemaSchema]
