import { BridgeError } from '../base/errors.ts'

/** A condition on references that are not few, which the bridge would have to hold all at once to evaluate it. */
export const tooManyLinks = (most: number): BridgeError =>
  new BridgeError(
    'tooMany',
    `This application cannot evaluate a condition on members other than by their value, and more than ${most} of them would have to be looked at`,
  )
