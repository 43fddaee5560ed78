import type { Json } from '../base/json.ts'
import type { FilePath, Loaded } from './load.ts'

const secretKey = /password|passwd|secret|token|api_?key|credential|private_?key/i
const secretInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^@/\s]+)@/i

/** Secrets belong into the environment or a file, not into a mapping that is kept under version control. */
export function checkSecrets(loaded: Loaded, section: Json | undefined, at: FilePath = ['backend']): void {
  if (typeof section === 'string') {
    const key = String(at.at(-1) ?? '')
    const written = loaded.written(at) ?? section
    // what stands in the file itself: without the variables, but with their defaults
    const literal = written.replace(/\$\{(?:file:[^}]*|[A-Za-z_][A-Za-z0-9_]*)\}/g, '')
    const fallback = /\$\{[A-Za-z_][A-Za-z0-9_]*:-([^}]*)\}/.exec(written)?.[1]
    const isSecret = secretKey.test(key) && literal.replace(/\$\{[^}]*\}/g, '') !== ''
    if (isSecret || secretInUrl.test(written))
      loaded.report.error(at, `${key} holds a secret`, 'write ${NAME} or ${file:/path}')
    else if (fallback !== undefined && fallback !== '' && (secretKey.test(key) || secretInUrl.test(fallback)))
      loaded.report.warning(at, `${key} has a secret as its default`, 'leave the default out')
    return
  }
  if (typeof section !== 'object' || section === null) return
  for (const [key, value] of Object.entries(section))
    checkSecrets(loaded, value, [...at, Array.isArray(section) ? Number(key) : key])
}
