import { BridgeError } from '../../base/errors.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import { success } from './assumed.ts'
import { code } from './codes.ts'
import { failed } from './failed.ts'
import type { Steps } from './program.ts'
import { tried } from './searched.ts'

/** By the directory's own operation (RFC 3062), which hashes it and holds it to its policy; what it refuses is told. */
export function* setPasswords(dn: string, fields: readonly SlotValue[]): Steps<void> {
  for (const { value } of fields) {
    if (typeof value !== 'string') continue
    const operation = { kind: 'password', dn, password: value } as const
    const result = yield* tried(operation, 'password', success)
    if (result.code === code.constraintViolation)
      throw new BridgeError(
        'invalidValue',
        'password: the directory does not take it by its policy',
        failed(result, operation),
      )
    if (result.code !== code.success) throw failed(result, operation)
  }
}
