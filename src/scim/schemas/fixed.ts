import { attribute } from '../schema.ts'
import type { Attribute } from '../schema.ts'

/** An attribute of what a service provider says about itself: nobody else writes it (RFC 7643 sections 5, 6 and 7). */
export const fixed = (name: string, description: string, differs: Partial<Omit<Attribute, 'name'>> = {}): Attribute =>
  attribute(name, { description, mutability: 'readOnly', ...differs })

export const flag = (name: string, description: string, differs: Partial<Omit<Attribute, 'name'>> = {}): Attribute =>
  fixed(name, description, { type: 'boolean', ...differs })
