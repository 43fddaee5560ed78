import { databaseServer } from './playgrounds/database-server.ts'
import { mariadb } from './playgrounds/mariadb.ts'
import { counters, openldap } from './playgrounds/openldap.ts'
import type { PlaygroundKind } from './playgrounds/place.ts'
import { postgres } from './playgrounds/postgres.ts'
import { sqlite } from './playgrounds/sqlite.ts'

const without = (...tables: readonly string[]): string => tables.map((table) => `DELETE FROM ${table};`).join('\n')

const demoPeople = without('EMP_ROLE', 'ROLE_DEF', 'EMP_EMAIL', 'EMP_CONTACT', 'EMP', 'EMP_STAT_HIST')

const ferryPeople = without(
  ...['role_holder', 'role', 'employee_email', 'employee_phone', 'employee_extra', 'account', 'employee', 'party'],
  'employee_history',
)

const harbourPeople = without(
  ...['staff.team_member', 'staff.team', 'staff.email', 'staff.phone', 'staff.extra', 'staff."user"'],
  ...['staff.employee', 'staff.person', 'staff.history'],
)

/** What `playground NAME` can start. */
export const playgrounds: Readonly<Record<string, PlaygroundKind>> = {
  demo: sqlite('demo', 'SCIM_BRIDGE_DEMO', { seed: false, emptied: demoPeople }),
  'conformance-sqlite': sqlite('conformance-sqlite', 'SCIM_BRIDGE_CONFORMANCE', { seed: true, emptied: '' }),
  'hr-mysql': databaseServer('hr-mysql', mariadb, { seed: false, emptied: ferryPeople }),
  'hr-postgres': databaseServer('hr-postgres', postgres, { seed: false, emptied: harbourPeople }),
  'conformance-mysql': databaseServer('conformance-mysql', mariadb, { seed: true, emptied: '' }),
  'conformance-postgres': databaseServer('conformance-postgres', postgres, { seed: true, emptied: '' }),
  openldap: openldap('openldap', { overlays: true }),
  // the same entries on a server that keeps neither memberOf nor references, nor a policy for passwords
  'openldap-bare': openldap('openldap', { overlays: false }),
  posix: openldap('posix', { overlays: false, furnished: counters }),
}
