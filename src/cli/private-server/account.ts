import { randomBytes } from 'node:crypto'

/** Who connects to a private server. */
export interface Account {
  readonly user: string
  readonly password: string
}

/** Other people of the machine reach its ports, too. */
export const freshAccount = (user: string): Account => ({ user, password: randomBytes(18).toString('base64url') })
