import { ownServer, skipped } from '../servers/with-server.ts'
import { large } from './large.ts'
import { people } from './place.ts'
import { slapdPlace } from './slapd-place.ts'

const server = await ownServer('openldap')
if ('missing' in server) skipped('openldap', 'very many people', server)
else large(slapdPlace(server), people)
