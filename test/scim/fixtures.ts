import { enterpriseUserSchema } from '../../src/scim/schemas/enterprise-user.ts'
import { commonAttributes } from '../../src/scim/schemas/common.ts'
import { groupSchema } from '../../src/scim/schemas/group.ts'
import { userSchema } from '../../src/scim/schemas/user.ts'
import type { ResourceType } from '../../src/scim/schema.ts'

/** The standard resource types with everything the RFC defines, as a mapping that carries it all would offer them. */
export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
  common: commonAttributes,
}

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: groupSchema,
  extensions: [],
  common: commonAttributes,
}
