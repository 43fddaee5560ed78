import type { DirectoryAccount } from './slapd-config.ts'

export interface SlapdDatabase {
  readonly suffix: string
  /** The server's own, and empty. */
  readonly folder: string
  /** Its root: no access rule and no limit holds it. */
  readonly admin: DirectoryAccount
  /** The one that a bridge binds as. */
  readonly account: string
  /** Whether memberof, refint, unique and ppolicy do their work in it. */
  readonly overlays: boolean
  /** Values of olcLimits for the account; unlimited when left out. */
  readonly limits?: string | undefined
  /** Values of olcAccess that come before all others (slapd.access(5): the first one that fits decides). */
  readonly access?: readonly string[] | undefined
}

/** Below the suffix, where people, groups and counters are: the account may write there and nowhere else. */
export const writable = ['ou=people', 'ou=groups', 'ou=counters'] as const

/** The value of pwdAccountLockedTime that means locked until an administrator says otherwise (slapo-ppolicy(5)). */
export const lockedForGood = '000001010000Z'

/** What a group has for a member that has lost its last one: the server writes what a mapping with `emptyGroup: placeholder` does. */
const emptyGroupMember = 'cn=empty-membership-placeholder'

const indexes = [
  'objectClass,entryUUID,entryCSN,createTimestamp,modifyTimestamp eq',
  'uid,cn,sn,givenName,displayName,mail pres,eq,sub',
  'telephoneNumber,employeeNumber,departmentNumber,pwdAccountLockedTime eq',
  'member,memberOf,memberUid,manager,uidNumber,gidNumber eq',
]

/** The entry of a database of its own below cn=config, for slapadd at first and for ldapadd later. */
export function slapdDatabase(database: SlapdDatabase, name = 'olcDatabase=mdb'): string {
  const { suffix, folder, admin, account, limits = 'size=unlimited time=unlimited', access = [] } = database
  const rules = [...access, ...rulesOf(database)]
  return `dn: ${name},cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
${name.replace('=', ': ')}
olcSuffix: ${suffix}
olcDbDirectory: ${folder}
olcDbMaxSize: 4294967296
olcDbNoSync: TRUE
olcDbMultival: default 100,10
${indexes.map((one) => `olcDbIndex: ${one}`).join('\n')}
olcRootDN: ${admin.dn}
olcRootPW: ${admin.password}
olcLimits: dn.exact="${account}" ${limits}
${rules.map((one, i) => `olcAccess: {${i}}${one}`).join('\n')}
`
}

function rulesOf({ suffix, account, overlays }: SlapdDatabase): readonly string[] {
  const mayWrite = `by dn.exact="${account}" =w`
  const below = (branch: string): string => `to dn.children="${branch},${suffix}"`
  // a bind needs the right `auth`, which is taken here from whoever is locked: nobody else would
  const locked = `to filter=(pwdAccountLockedTime=${lockedForGood}) attrs=userPassword ${mayWrite} by * none`
  return [
    ...(overlays ? [] : [locked]),
    `${below('ou=people')} attrs=userPassword ${mayWrite} by anonymous auth by * none`,
    'to attrs=userPassword by anonymous auth by * none',
    ...writable.flatMap((branch) => [
      `${below(branch)} by dn.exact="${account}" write by * none`,
      // to add to and delete from the children of an entry, and no more of it
      `to dn.base="${branch},${suffix}" attrs=children by dn.exact="${account}" write by * none`,
    ]),
    `to * by dn.exact="${account}" read by * none`,
  ]
}

/** What overlays a database has, as entries below it; `database` is the DN that its own entry got. */
export const slapdOverlays = (
  { suffix }: Pick<SlapdDatabase, 'suffix'>,
  database: string,
): string => `dn: olcOverlay=memberof,${database}
objectClass: olcOverlayConfig
objectClass: olcMemberOfConfig
olcOverlay: memberof
olcMemberOfGroupOC: groupOfNames
olcMemberOfMemberAD: member
olcMemberOfMemberOfAD: memberOf
olcMemberOfDangling: ignore
olcMemberOfRefInt: FALSE

dn: olcOverlay=refint,${database}
objectClass: olcOverlayConfig
objectClass: olcRefintConfig
olcOverlay: refint
olcRefintAttribute: member
olcRefintNothing: ${emptyGroupMember}

dn: olcOverlay=refint,${database}
objectClass: olcOverlayConfig
objectClass: olcRefintConfig
olcOverlay: refint
olcRefintAttribute: manager
olcRefintAttribute: secretary
olcRefintAttribute: owner
olcRefintAttribute: seeAlso

dn: olcOverlay=unique,${database}
objectClass: olcOverlayConfig
objectClass: olcUniqueConfig
olcOverlay: unique
olcUniqueURI: ldap:///ou=people,${suffix}?uid?sub?(objectClass=inetOrgPerson)

dn: olcOverlay=ppolicy,${database}
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: ppolicy
olcPPolicyDefault: cn=default,ou=policies,${suffix}
olcPPolicyHashCleartext: TRUE
`

/** What every directory begins with: the suffix, its branches, the service account and the policy for passwords. */
export function slapdTree(suffix: string, account: DirectoryAccount): string {
  const dc = suffix.slice('dc='.length, suffix.indexOf(','))
  const branch = (name: string): string => `dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n`
  return `dn: ${suffix}
objectClass: dcObject
objectClass: organization
dc: ${dc}
o: ${dc}

${['people', 'groups', 'counters', 'services', 'policies'].map(branch).join('\n')}
dn: ${account.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: scim
userPassword: ${account.password}

dn: cn=default,ou=policies,${suffix}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdMinLength: 8
pwdCheckQuality: 1
pwdLockout: TRUE
pwdMaxFailure: 5
pwdLockoutDuration: 900
`
}
