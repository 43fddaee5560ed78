import type { Handle, Values } from './handle.ts'

/** The population that predicates and orders are tried on: every shape has a value, none, and a value that looks alike. */
export const people: Readonly<Record<string, Values>> = {
  ann: {
    set: {
      userName: 'ann',
      displayName: 'Ann Å',
      'name.familyName': 'Ågren',
      'name.givenName': 'Ann',
      title: 'Engineer',
      userType: 'Employee',
      active: true,
      locale: 'sv-SE',
      timezone: 'Europe/Stockholm',
      employeeNumber: '0042',
      costCenter: 'K-1',
      department: 'Sales',
      badge: 7,
      score: 1.5,
      hired: '2020-01-31T08:00:00Z',
      code: 'aB',
      tags: ['red', 'blue'],
      'phoneNumbers.work': '+46 1',
    },
    rows: {
      emails: {
        add: [
          { value: 'ann@example.com', type: 'work', primary: true },
          { value: 'ann@home.example', type: 'home' },
        ],
      },
    },
  },
  bob: {
    set: {
      userName: 'Bob',
      displayName: 'Bob',
      'name.familyName': 'Zeta',
      title: '100% sure',
      userType: 'Contractor',
      active: false,
      costCenter: 'k-10',
      department: 'Research',
      badge: 10,
      score: -2,
      hired: '2019-12-31T23:59:59Z',
      code: 'AB',
      tags: ['red'],
      'phoneNumbers.mobile': '+46 1',
    },
    rows: { emails: { add: [{ value: 'bob@example.com', type: 'home', primary: true }] } },
  },
  under: {
    set: {
      userName: 'c_d',
      'name.familyName': 'ågren',
      title: 'under_score',
      active: true,
      locale: 'en',
      badge: 100,
      code: 'ab',
      tags: ['blue sky'],
    },
  },
  jose: {
    set: {
      userName: 'José',
      'name.familyName': "O'Neil",
      title: 'a*b\\c',
      badge: -1,
      score: 1.25,
      code: 'Ab',
      costCenter: 'X',
    },
    rows: { emails: { add: [{ value: 'JOSE@EXAMPLE.COM', type: 'work' }] } },
  },
  kelvin: { set: { userName: 'Kelvin', 'name.familyName': '😀', title: '"quoted"', department: 'Sales' } },
  dora: { set: { userName: 'dora' } },
}

export const ids: Record<string, string> = {}

export async function populate(h: Handle): Promise<void> {
  for (const [name, values] of Object.entries(people)) ids[name] = (await h.create('User', values)).id
  await h.change('User', id('ann'), { links: { manager: { add: [id('bob')] } } })
  await h.change('User', id('under'), { links: { manager: { add: [id('ann')] } } })
  const inner = await h.create('Group', {
    set: { displayName: 'Inner' },
    links: { members: { add: [id('ann'), id('jose')] } },
  })
  const outer = await h.create('Group', {
    set: { displayName: 'Outer' },
    links: { members: { add: [inner.id, id('bob')] } },
  })
  const empty = await h.create('Group', { set: { displayName: 'Empty' } })
  Object.assign(ids, { inner: inner.id, outer: outer.id, empty: empty.id })
}

export function id(name: string): string {
  const found = ids[name]
  if (found === undefined) throw new Error(`nobody made ${name}`)
  return found
}

/** Ids that no record has; some would be numbers, wildcards or statements to a careless store. */
export const garbageIds: readonly string[] = [
  '',
  'u',
  'u0',
  'u-1',
  'u99999',
  'u1e0',
  'u1.0',
  'u+1',
  'u01',
  'U1',
  ' u1',
  'u1 ',
  'u1\n',
  'u%',
  'u_',
  '1',
  'g1x',
  'u９',
  'u0x1',
  'uNaN',
  'unull',
  'u9223372036854775808',
  'u99999999999999999999999999',
  "u1' OR '1'='1",
  'u1; DROP TABLE person',
  'u\u0000',
  'u1\u0000',
  'é',
  '😀',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
]
