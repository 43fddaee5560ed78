import { code } from '../codes.ts'
import type { Result } from '../operation.ts'

/** Enough to understand what is going on; an operator is not told more. */
const most = 100

/** Tells each place once that results refer to. */
export function referrals(tell: (text: string) => void): (result: Result) => void {
  const told = new Set<string>()
  return (result) => {
    if (result.references.length === 0 && result.code !== code.referral) return
    for (const text of result.references.length === 0 ? ['another server'] : result.references.map(serverIn)) {
      if (told.has(text) || told.size >= most) continue
      told.add(text)
      tell(text)
    }
  }
}

/** The server of a URL (RFC 4516) without the DN, which may name a person. */
function serverIn(text: string): string {
  const url = URL.parse(text)
  return url === null || url.hostname === '' ? 'another server' : `${url.protocol}//${url.host}`
}
