import { skipped, withServer } from '../servers/with-server.ts'
import { storeContract } from './contract.ts'
import { kitDirectory } from './directory.ts'

const skip = {
  'adds, changes and removes child rows one by one': 'an entry has no child rows: each address has an attribute',
  'gives the name of a record that is marked as deleted to another':
    'a marked entry keeps its name, and no two entries have one (RFC 4511 section 4.7)',
}

const normalised = 'caseIgnoreMatch prepares both sides (RFC 4518 section 2)'

const server = await withServer('openldap')
if ('missing' in server) skipped('openldap', 'the contract on OpenLDAP', server)
else
  for (const overlays of [true, false])
    storeContract(overlays ? 'OpenLDAP' : 'OpenLDAP, bare', async () => {
      const { store, catalog, idOf, close } = await kitDirectory(server, overlays)
      return {
        store,
        catalog,
        close,
        skip,
        outside: {
          user: await idOf('u', 'uid=outsider,ou=people'),
          group: await idOf('g', 'cn=Outside,ou=groups'),
          names: ['Outsider', 'ROBOT'],
        },
        holdsEmptyText: false,
        keepsTotal: true,
        differs: {
          'text eq, trailing blank counts': { selects: ['ann'], because: normalised },
          'text eq, blanks between words count': { selects: ['Bob'], because: normalised },
          'text eq, full width is another letter': { selects: ['ann'], because: normalised },
        },
      }
    })
