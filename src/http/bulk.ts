import { bounded } from '../base/bounded.ts'
import { BridgeError } from '../base/errors.ts'
import { tooManyOperations } from '../scim/bulk.ts'
import type { BodyBounds } from './body.ts'
import type { Handler } from './handlers.ts'
import type { Limits } from './limits.ts'
import { operationCount } from './operation-count.ts'

/** RFC 7644 section 3.7. The time for a request counts for each operation, and for the body to arrive. */
export const bulk: Handler = async (call) => {
  const { bridge, context, limits, timeouts } = call
  if (limits.bulkOperations === 0) throw new BridgeError('notImplemented', 'Bulk is switched off')
  const body = await call.body(boundsOf(limits))
  const time = { operation: timeouts.request, whole: timeouts.bulk }
  // it ends by itself: what is begun last has its own time, and so has what has to be taken back then
  call.extend(2 * (time.whole + time.operation))
  return bounded(context.signal, () => bridge.bulk(body, context, time))
}

/** Levels of a bulk request around the data of an operation: the request, the list, the operation. */
const around = 3

/** RFC 7644 section 3.7.4: 413 names the limit. Operations are counted as they arrive, so that a longer request is not even parsed. */
function boundsOf({ bulkPayload, bulkOperations, depth }: Limits): BodyBounds {
  const count = operationCount()
  return {
    size: bulkPayload,
    depth: depth + around,
    tooLarge: new BridgeError(
      'payloadTooLarge',
      `The bulk request is larger than maxPayloadSize (${bulkPayload} bytes)`,
    ),
    refusal: (chunk) => (count(chunk) > bulkOperations ? tooManyOperations(bulkOperations) : undefined),
  }
}
