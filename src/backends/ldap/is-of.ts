import { isUnknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import type { Entry } from './operation.ts'
import type { Source } from './source.ts'
import { reaches } from './source.ts'

/** What a server answers is held against the scope once more; what explain assumes has no name. */
export function isOf({ keyOf }: Pick<Directory, 'keyOf'>, source: Source, { dn }: Pick<Entry, 'dn'>): boolean {
  if (isUnknown(dn)) return true
  const key = keyOf(dn)
  return key !== undefined && reaches(source, key)
}
