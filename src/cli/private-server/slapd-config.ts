import type { Needs } from './packages.ts'

export const slapdNeeds: Needs = {
  programs: ['slapd', 'slapadd', 'ldapadd', 'ldapwhoami'],
  packages: ['slapd', 'ldap-utils'],
}

/** Who binds to a directory. */
export interface DirectoryAccount {
  readonly dn: string
  readonly password: string
}

export interface SlapdConfig {
  /** May change the configuration while the server runs. */
  readonly admin: DirectoryAccount
  /** Without them there is neither ldaps nor StartTLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined
}

const schemas = ['core', 'cosine', 'inetorgperson', 'nis']
/** ppolicy is what knows pwdAccountLockedTime and its like; where its overlay is not used, the types are there all the same. */
const modules = ['back_mdb', 'memberof', 'refint', 'ppolicy', 'unique']

/**
 * The entries of cn=config without any database, for `slapadd -n 0` (slapd-config(5)). `sortvals` keeps the values of
 * large groups in order, so that one of them is found by bisection.
 */
export const slapdConfig = ({ admin, tls }: SlapdConfig): string => `dn: cn=config
objectClass: olcGlobal
cn: config
olcThreads: 8
olcToolThreads: 2
${tls === undefined ? '' : `olcTLSCertificateFile: ${tls.certFile}\nolcTLSCertificateKeyFile: ${tls.keyFile}\nolcTLSVerifyClient: never\n`}
dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: /usr/lib/ldap
${modules.map((one) => `olcModuleLoad: ${one}`).join('\n')}

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

${schemas.map((one) => `include: file:///etc/ldap/schema/${one}.ldif`).join('\n\n')}

dn: olcDatabase={-1}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {-1}frontend
olcSizeLimit: unlimited
olcSortVals: member
olcSortVals: memberUid
olcPasswordHash: {SSHA}

dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcRootDN: ${admin.dn}
olcRootPW: ${admin.password}
`
