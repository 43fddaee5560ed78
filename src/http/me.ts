import { bounded } from '../base/bounded.ts'
import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Bridge, Reply, RequestContext } from '../service/bridge.ts'
import type { Handler } from './handlers.ts'

/**
 * `/Me` (RFC 7644 section 3.11): the request is done on the person that the credential stands for, and the answer says
 * the permanent URI. `of` is the handler of one resource of that type.
 */
export const me =
  (of: (type: string) => Handler): Handler =>
  async (call) => {
    const { bridge, context } = call
    const users = bridge.endpoints.find(({ type }) => type === personType)
    const { userName } = context.caller
    if (users === undefined) throw new BridgeError('notImplemented', `/Me needs the resource type ${personType}`)
    if (userName === undefined)
      throw new BridgeError('notImplemented', 'This token stands for no person, so it has no /Me')
    const name = await bounded(context.signal, () => idOf(bridge, userName, context))
    const reply: Reply = await of(users.type)({ ...call, name })
    return { ...reply, location: `${context.baseUrl}${users.path}/${encodeURIComponent(name)}` }
  }

const personType = 'User'

/** Found as any client would find it. One is needed: nobody gets the record of whoever happens to come first. */
async function idOf(bridge: Bridge, userName: string, context: RequestContext): Promise<string> {
  const filter = `userName eq ${JSON.stringify(userName)}`
  const query = { filter, attributes: ['id'], count: 2 }
  const { body } = await bridge.handle({ kind: 'list', type: personType, query }, context)
  const found = body?.['Resources']
  const [first, ...others] = isArray(found) ? found : []
  if (first === undefined) throw new BridgeError('notFound', 'The person that this token stands for does not exist')
  if (others.length > 0) throw new BridgeError('forbidden', 'This token stands for a userName that several people have')
  const id = isObject(first) ? first['id'] : undefined
  if (typeof id !== 'string') throw new BridgeError('internal', 'A list shows no id')
  return id
}
