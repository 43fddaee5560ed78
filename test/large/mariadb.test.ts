import { describeServer } from '../servers/with-server.ts'
import { large } from './large.ts'
import { livePlace } from './live-place.ts'
import { people } from './place.ts'

await describeServer('mariadb', 'very many people', (server) => large(livePlace(server), people))
