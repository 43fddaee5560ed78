/** What the mappings of these tests have in common: people and groups of an OpenLDAP that names no memberOf. */
export interface Life {
  readonly active?: string
  /** Below SUFFIX; `ou=people,` when left out. */
  readonly base?: string
  readonly classes?: string
  /** More lines of the type User. */
  readonly more?: string
  /** More attributes of a User, each a line. */
  readonly attributes?: readonly string[]
  readonly password?: string
  /** More lines of the type Group. */
  readonly group?: string
}

/** The lock that an administrator sets by hand, as slapo-ppolicy(5) has it. */
export const policyLock =
  '{ slot: pwdAccountLockedTime, codec: { values: { 000001010000Z: false }, otherwise: true, absent: true, write: { true: absent, false: 000001010000Z } } }'

export const lifeMapping = ({
  active = policyLock,
  base = 'ou=people,',
  classes = 'inetOrgPerson',
  more = 'id: entryUUID',
  attributes = [],
  password = 'modify',
  group = 'id: entryUUID',
}: Life = {}): string => `
  User:
    entry: { base: "${base}SUFFIX", objectClasses: [${classes}], rdn: "uid={userName}" }
    ${more}
    version: { slot: entryCSN }
    attributes:
      userName: uid
      name.familyName: { slot: sn, default: "{userName}" }
      displayName: { slot: cn, default: "{userName}" }
      title: title
      emails[type eq "work" and primary eq true].value: mail
      active: ${active}
      password: { slot: userPassword, codec: { password: ${password} }, access: writeOnly }
      enterprise.manager: { reference: User, slot: manager }
      groups: { reverse: Group.members, nested: true }
${attributes.map((one) => `      ${one}`).join('\n')}
  Group:
    entry: { base: "ou=groups,SUFFIX", scope: one, objectClasses: [groupOfNames], rdn: "cn={displayName}", emptyGroup: placeholder }
    ${group}
    version: { slot: entryCSN }
    attributes:
      displayName: cn
      members: { reference: [User, Group], slot: member, size: large }
`

/** Attributes that other directories have, and those of a house: nothing of it is in the schemas that come with slapd. */
export const houseSchema = `dn: cn=house,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: house
olcAttributeTypes: ( 1.3.6.1.4.1.4203.666.11.77.1 NAME 'nsAccountLock' DESC 'as 389 Directory Server has it' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
olcAttributeTypes: ( 1.3.6.1.4.1.4203.666.11.77.2 NAME 'houseEnabled' EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
olcAttributeTypes: ( 1.3.6.1.4.1.4203.666.11.77.3 NAME 'houseGuid' DESC 'stands in for objectGUID' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
olcAttributeTypes: ( 1.3.6.1.4.1.4203.666.11.77.4 NAME 'houseUuid' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
olcObjectClasses: ( 1.3.6.1.4.1.4203.666.11.77.10 NAME 'houseAccount' SUP top AUXILIARY MAY ( nsAccountLock $ houseEnabled $ houseGuid $ houseUuid ) )
`

const account = 'by dn.exact="cn=scim,ou=services,SUFFIX"'

/** Nobody gets in who satisfies a filter: a bind needs the right "auth" (slapd.access(5)). */
export const lockedBy = (filter: string): string => `to filter=${filter} attrs=userPassword ${account} =w by * none`

/** The bridge writes below a branch, and who lies there gets in or not. */
export const branchRules = (branch: string, mayBind: boolean): readonly string[] => [
  `to dn.children="${branch},SUFFIX" attrs=userPassword ${account} =w ${mayBind ? 'by anonymous auth ' : ''}by * none`,
  `to dn.children="${branch},SUFFIX" ${account} write by * none`,
  `to dn.base="${branch},SUFFIX" attrs=children ${account} write by * none`,
]

export const branch = (name: string, above = ''): string =>
  `dn: ou=${name},${above}SUFFIX\nobjectClass: organizationalUnit\nou: ${name}\n\n`
