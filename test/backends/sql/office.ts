import type { Reference } from '../../../src/mapping/catalog.ts'
import type { RowsSource } from '../../../src/mapping/slot.ts'
import { field, leaf, mapping, ref, referenceOf, rowsOf, single, slot, text, want } from './fixture.ts'
import { equalTo } from '../../../src/mapping/scope.ts'

/** An application with one of everything: companions, lookups, key/value rows, child rows, lists, links of every place. */
export const schema = `
  CREATE TABLE dept (dept_id INTEGER PRIMARY KEY, dept_name TEXT NOT NULL);
  CREATE TABLE role (role_no INTEGER PRIMARY KEY, role_name TEXT NOT NULL UNIQUE);
  CREATE TABLE person (
    id INTEGER PRIMARY KEY, co INTEGER NOT NULL, login TEXT NOT NULL, nick TEXT UNIQUE, gone TEXT, dept INTEGER REFERENCES dept,
    tags TEXT, notes TEXT, boss INTEGER REFERENCES person, role_no INTEGER REFERENCES role, stamp TEXT, made TEXT,
    rank INTEGER CHECK (rank < 100));
  CREATE TABLE account (person_id INTEGER PRIMARY KEY REFERENCES person, mail TEXT, quota INTEGER NOT NULL);
  CREATE TABLE profile (person_id INTEGER PRIMARY KEY REFERENCES person, room TEXT, kind TEXT);
  CREATE TABLE meta (person_id INTEGER REFERENCES person, space TEXT, name TEXT, val TEXT, PRIMARY KEY (person_id, space, name));
  CREATE TABLE mail (mail_id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES person, live INTEGER NOT NULL, addr TEXT NOT NULL, kind TEXT, extra TEXT DEFAULT 'kept');
  CREATE TABLE phone (owner INTEGER NOT NULL REFERENCES person, number TEXT, kind TEXT);
  CREATE TABLE team (team_id INTEGER PRIMARY KEY, team_name TEXT NOT NULL, hidden INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE member (team_id INTEGER NOT NULL REFERENCES team, person_id INTEGER REFERENCES person, child_id INTEGER REFERENCES team, pending INTEGER NOT NULL DEFAULT 0);
  INSERT INTO dept VALUES (1, 'Sales'), (2, 'IT');
  INSERT INTO role VALUES (1, 'boss'), (2, 'clerk');
`

const hidden = slot('hide', { kind: 'field', table: undefined, field: 'gone' })
const at = {
  login: field('login'),
  nick: field('nick'),
  rank: field('rank'),
  dept: slot('dept', {
    kind: 'lookup',
    table: undefined,
    field: 'dept',
    lookup: { table: 'dept', key: 'dept_id', text: 'dept_name', onMissing: 'refuse' },
  }),
  tags: slot('tags', { kind: 'field', table: undefined, field: 'tags', list: { kind: 'delimited', by: ',' } }, true),
  notes: slot('notes', { kind: 'field', table: undefined, field: 'notes', list: { kind: 'json' } }, true),
  mail: field('mail', 'account'),
  room: field('room', 'profile'),
  cost: slot('cost', {
    kind: 'keyValue',
    table: 'meta',
    foreignKey: ['person_id'],
    keys: { space: 'hr', name: 'cc' },
    value: 'val',
  }),
  stamp: field('stamp'),
  team: field('team_name'),
}
export const slots = { ...at, addr: field('addr'), kind: field('kind'), number: field('number') }

export const emails: RowsSource = {
  key: 'emails',
  table: 'mail',
  foreignKey: ['owner'],
  where: equalTo({ live: 1 }),
  rowKey: 'mail_id',
}
export const phones: RowsSource = {
  key: 'phoneNumbers',
  table: 'phone',
  foreignKey: ['owner'],
  where: equalTo({}),
  rowKey: undefined,
}

export const members: Reference = {
  key: 'Group.members',
  of: ref('members'),
  to: ['User', 'Group'],
  place: {
    kind: 'through',
    table: 'member',
    from: ['team_id'],
    to: { User: ['person_id'], Group: ['child_id'] },
    where: equalTo({ pending: 0 }),
    own: equalTo({}),
    set: [],
    onRemove: undefined,
  },
  size: 'large',
  match: ['id'],
  aside: undefined,
  onUnknown: 'refuse',
  access: 'readWrite',
}
export const groups: Reference = {
  ...members,
  key: 'User.groups',
  of: ref('groups'),
  to: ['Group'],
  place: { kind: 'reverse', of: 'Group.members', nested: true, slot: undefined },
  size: 'small',
  access: 'readOnly',
}
export const manager: Reference = {
  ...members,
  key: 'User.manager',
  of: ref('manager'),
  to: ['User'],
  place: { kind: 'field', slot: field('boss'), by: undefined },
  size: 'one',
}
export const reports: Reference = {
  ...groups,
  key: 'User.reports',
  of: ref('reports'),
  to: ['User'],
  place: { kind: 'reverse', of: 'User.manager', nested: false, slot: undefined },
}
export const holders: Reference = {
  ...members,
  key: 'Role.holders',
  of: ref('holders'),
  to: ['User'],
  place: { kind: 'onTarget', field: 'role_no' },
  onUnknown: 'ignore',
}
export const ofRole: Reference = {
  ...groups,
  key: 'User.roles',
  of: ref('roles'),
  to: ['Role'],
  place: { kind: 'reverse', of: 'Role.holders', nested: false, slot: undefined },
}

export const user = mapping(
  'User',
  {
    name: 'person',
    key: ['id'],
    where: equalTo({ co: 1 }),
    with: [
      {
        name: 'account',
        key: ['person_id'],
        optional: false,
        first: false,
        rowOnly: false,
        set: { create: [{ slot: field('quota', 'account'), value: { kind: 'constant', value: 10 } }] },
      },
      {
        name: 'profile',
        key: ['person_id'],
        optional: true,
        first: false,
        rowOnly: false,
        set: { create: [{ slot: field('kind', 'profile'), value: { kind: 'constant', value: 'auto' } }] },
      },
    ],
  },
  [
    single('userName', at.login),
    single('nickName', at.nick),
    single('x.rank', at.rank),
    single('department', at.dept),
    single('tags', at.tags),
    single('notes', at.notes),
    single('mail', at.mail),
    single('room', at.room),
    single('costCenter', at.cost),
    rowsOf('emails', emails, [leaf('emails.value', slots.addr), leaf('emails.type', slots.kind)]),
    rowsOf('phoneNumbers', phones, [leaf('phoneNumbers.value', slots.number), leaf('phoneNumbers.type', slots.kind)]),
    referenceOf(manager),
    referenceOf(groups),
    referenceOf(reports),
    referenceOf(ofRole),
  ],
  {
    onDelete: {
      kind: 'set',
      leave: false,
      set: [{ slot: hidden, value: { kind: 'constant', value: 'X' } }],
      hide: { kind: 'slot', slot: hidden, test: { op: 'eq', value: 'X', fold: false } },
    },
    set: {
      create: [
        {
          slot: field('made'),
          value: {
            kind: 'template',
            template: [
              { kind: 'text', text: 'by ' },
              { kind: 'path', ref: ref('userName') },
            ],
          },
        },
      ],
      write: [{ slot: at.stamp, value: { kind: 'now', codec: text } }],
    },
    inbound: [
      { from: 'Group', reference: members },
      { from: 'User', reference: manager },
    ],
  },
)
/** The same people where a delete is one. */
export const erasable = { ...user, onDelete: { kind: 'delete' } } as const
export const group = mapping(
  'Group',
  { name: 'team', key: ['team_id'], where: equalTo({ hidden: 0 }) },
  [single('displayName', at.team), referenceOf(members)],
  { id: { prefix: 'g', fields: ['team_id'], generate: undefined }, inbound: [{ from: 'Group', reference: members }] },
)
export const role = mapping(
  'Role',
  { name: 'role', key: ['role_no'] },
  [single('displayName', field('role_name')), referenceOf(holders)],
  {
    id: { prefix: 'r', fields: ['role_no'], generate: undefined },
  },
)
export const office = [user, group, role]

const plain = [at.login, at.nick, at.rank, at.dept, at.tags, at.notes, at.mail, at.room, at.cost]
export const wanted = want(plain, [emails, phones], [manager, groups, reports, ofRole])
export const wantedGroup = want([at.team], [], [members])
