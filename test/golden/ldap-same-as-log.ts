import type { Dn } from '../../src/mapping/dn/dn.ts'
import { dnKey } from '../../src/mapping/dn/dn-key.ts'
import { parseDn } from '../../src/mapping/dn/parse-dn.ts'
import type { LdapFilter, Value } from '../../src/backends/ldap/filter.ts'
import { isFilterProblem, parseLdapFilter } from '../../src/backends/ldap/filter-parse.ts'
import { matchKey } from '../../src/backends/ldap/matching.ts'
import { standardSchema } from '../../src/backends/ldap/standard-schema.ts'
import { filledIn } from '../../src/cli/filled-in.ts'
import type { NativeOperation } from '../../src/plan/port.ts'
import type { LoggedOperation } from '../servers/slapd-log.ts'

/**
 * When a log is what was explained: kind, name, scope, filter and attributes of each operation, in order. Filters are
 * compared as they are parsed, each value in the form in which its matching rule compares it, since slapd logs its own
 * form. What depends on the directory, and nothing else, may differ:
 *
 * 1. `‹DN of ID›` is the DN of that entry; any other `‹…›` is any value, and stands for several in one "or".
 * 2. A request that is refused ends where it is refused.
 * 3. A look-up of those whom references name (its note is the reference) is not made when there is nobody to look up,
 *    and no page is read of nobody. A look-up for several entries also returns the attribute that tells them apart.
 * 4. A search "unless there are more than" may be followed by a walk: the same search for ids alone, page by page, and
 *    the entries of the page by their ids.
 * 5. A write "of each of them" is made as often as somebody was found, also never; the search "if anybody did" is then
 *    not made.
 * 6. A write with an assertion that the server failed by a mistake of its own (slapo-unique) is made again without,
 *    after a look at the entry.
 * 7. After a password the account of somebody who was locked is read again, and locked if it is not any more.
 */
export interface Circumstances {
  /** The DN of an id. */
  readonly dnOf: (id: string) => string | undefined
  /** Anybody was to be looked up: whom the record names that was held, or the answer. */
  readonly names: (reference: string, base: string, by: 'prior' | 'answer') => boolean
  /** A page with nobody on it. */
  readonly isEmpty: boolean
  readonly isRefused: boolean
}

interface Told {
  readonly kind: LoggedOperation['kind']
  readonly name: unknown
  readonly scope?: string
  readonly filter?: LdapFilter
  readonly attributes: readonly string[]
  readonly note: string
  /** The assertion of a write. */
  readonly assert?: LdapFilter
}

const kinds = {
  SEARCH: 'search',
  ADD: 'add',
  MODIFY: 'modify',
  RENAME: 'rename',
  DELETE: 'delete',
  PASSWORD: 'extended',
} as const

/** An explained operation as far as a log tells of it; its filter is read from the text that people read. */
function toldBy({ lines = [], params, note = '' }: NativeOperation): Told {
  const verb = lines[0]?.split(' ')[0] as keyof typeof kinds
  const condition = lines.find((one) => one.startsWith('IF '))
  const assert = condition === undefined ? undefined : parseLdapFilter(assertionIn(lines, params))
  const common = {
    ...{ kind: kinds[verb], name: params[0], note },
    ...(assert !== undefined && !isFilterProblem(assert) && { assert }),
  }
  switch (verb) {
    case 'SEARCH': {
      const scope = lines[0]?.split(' ')[2] ?? ''
      const [name = '', ...rest] = filledIn(['?', lines[0]?.replace('SEARCH ? ', '') ?? ''], params)
      const said = rest.map((part) => part.trim()).join('')
      const filter = parseLdapFilter(said.slice(scope.length + 1))
      if (isFilterProblem(filter)) throw new Error(`${name} ${said}: ${filter.problem}`)
      return { ...common, scope, filter, attributes: lines[1]?.split(' ').slice(1) ?? [] }
    }
    case 'MODIFY':
      return {
        ...common,
        attributes: lines.flatMap((one) => /^(?:add|delete|replace|increment) ([^:]+)/.exec(one)?.[1] ?? []),
      }
    default:
      return { ...common, attributes: [] }
  }
}

const assertionIn = (lines: readonly string[], params: readonly unknown[]): string =>
  filledIn(lines, params)
    .find((one) => one.trim().startsWith('IF '))
    ?.trim()
    .slice('IF '.length) ?? ''

const isUnknown = (value: unknown): value is { readonly unknown: string } =>
  typeof value === 'object' && value !== null && 'unknown' in value

const keyOfDn = (text: string): string => {
  const dn: Dn | undefined = parseDn(text)
  return dn === undefined ? text : dnKey(dn, standardSchema)
}

const sameName = (told: unknown, logged: string, { dnOf }: Circumstances): boolean => {
  if (!isUnknown(told)) return keyOfDn(String(told)) === keyOfDn(logged)
  const [, id] = /^DN of ([0-9a-f-]{36})$/.exec(told.unknown) ?? []
  return id === undefined || keyOfDn(dnOf(id) ?? '') === keyOfDn(logged)
}

const sameValue = (attribute: string, told: Value, logged: Value, circumstances: Circumstances): boolean => {
  if (typeof told === 'string' && told.startsWith('‹'))
    return sameName({ unknown: told.slice(1, -1) }, String(logged), circumstances)
  const rule = standardSchema.attribute(attribute)?.equality
  const form = (value: Value): unknown =>
    (rule === undefined ? undefined : matchKey(rule, value, standardSchema)) ?? Buffer.from(value).toString()
  return form(told) === form(logged)
}

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function sameFilter(told: LdapFilter, logged: LdapFilter, circumstances: Circumstances): boolean {
  const inner = (one: LdapFilter, other: LdapFilter): boolean => sameFilter(one, other, circumstances)
  if (told.kind === 'equalityMatch' && typeof told.value === 'string' && told.value.startsWith('‹'))
    if (logged.kind === 'or') return logged.of.every((one) => inner(told, one))
  switch (told.kind) {
    case 'and':
    case 'or':
      return (
        logged.kind === told.kind &&
        logged.of.length === told.of.length &&
        told.of.every((one, i) => inner(one, logged.of[i] as LdapFilter))
      )
    case 'not':
      return logged.kind === 'not' && inner(told.of, logged.of)
    case 'present':
      return logged.kind === 'present' && sameText(told.attribute, logged.attribute)
    case 'equalityMatch':
    case 'greaterOrEqual':
    case 'lessOrEqual':
    case 'extensibleMatch':
      return (
        logged.kind === told.kind &&
        sameText(told.attribute, logged.attribute) &&
        sameValue(told.attribute, told.value, logged.value, circumstances)
      )
    case 'substrings': {
      if (logged.kind !== 'substrings' || !sameText(told.attribute, logged.attribute)) return false
      const pieces = ({ initial, any, final }: typeof told): readonly (string | undefined)[] => [initial, ...any, final]
      const [mine, theirs] = [pieces(told), pieces(logged)]
      return (
        mine.length === theirs.length &&
        mine.every((piece, i) => {
          const other = theirs[i]
          if (piece === undefined || other === undefined) return piece === other
          return sameValue(told.attribute, piece, other, circumstances)
        })
      )
    }
  }
}

const sameAttributes = (told: readonly string[], logged: readonly string[]): boolean =>
  told.length === logged.length && told.every((name, i) => sameText(name, logged[i] ?? ''))

function same(told: Told, logged: LoggedOperation | undefined, circumstances: Circumstances): boolean {
  if (logged?.kind !== told.kind) return false
  switch (logged.kind) {
    case 'search': {
      const filter = parseLdapFilter(logged.filter)
      const apart = isLookUp(told) && told.filter?.kind === 'and' ? told.filter.of.at(-1) : undefined
      const more = apart?.kind === 'equalityMatch' ? [...told.attributes, apart.attribute] : told.attributes
      return (
        sameName(told.name, logged.base, circumstances) &&
        told.scope === logged.scope &&
        !isFilterProblem(filter) &&
        told.filter !== undefined &&
        sameFilter(told.filter, filter, circumstances) &&
        (sameAttributes(told.attributes, logged.attributes) || sameAttributes(more, logged.attributes))
      )
    }
    case 'modify':
      return sameName(told.name, logged.dn, circumstances) && sameAttributes(told.attributes, logged.attributes)
    case 'rename':
    case 'add':
    case 'delete':
      return sameName(told.name, logged.dn, circumstances)
    case 'extended':
      return logged.oid === '1.3.6.1.4.1.4203.1.11.1' && sameName(told.name, logged.dn ?? '', circumstances)
    case 'bind':
    case 'compare':
      return false
  }
}

const isLookUp = ({ note }: Told): boolean => /\.(?:urn:\S*:)?(?:manager|groups|members)$/.test(note)
const isOfEach = ({ note }: Told): boolean => note.endsWith(' each of them')

/** Where a log departs from what was explained; undefined when it does not. */
export function departure(
  operations: readonly NativeOperation[],
  log: readonly LoggedOperation[],
  circumstances: Circumstances,
): string | undefined {
  const told = operations.map(toldBy)
  let at = 0
  let each = 0
  let isWritten = false
  const next = (one: Told): boolean => {
    if (!same(one, log[at], circumstances)) return false
    at++
    return true
  }
  for (let i = 0; i < told.length; i++) {
    const one = told[i] as Told
    if (isOfEach(one)) {
      const alike = told.filter(({ note }) => note === one.note)
      each = 0
      while (alike.some(next)) each++
      i += alike.length - 1
      continue
    }
    if (next(one)) {
      if (one.kind !== 'search') isWritten = true
      if (one.note.includes('unless there are more than'))
        at += walkAfter(one, told[i + 1], log.slice(at), circumstances)
      if (one.assert !== undefined) {
        const look: Told = {
          ...{ kind: 'search', name: one.name, scope: 'base', filter: one.assert, attributes: ['1.1'], note: '' },
        }
        if (next(look) && !next(one)) return `not made again without its assertion: ${log[at]?.text}`
      }
      if (one.kind === 'extended') {
        const read = told.slice(0, i).findLast(({ note }) => note.startsWith('whether it is locked'))
        if (read !== undefined && next(read)) {
          next({ ...read, kind: 'modify' })
        }
      }
      continue
    }
    if (one.kind !== 'search') isWritten = true
    const by = isWritten || !told.some(({ kind }) => kind !== 'search') ? 'answer' : 'prior'
    if (isLookUp(one) && !circumstances.names(one.note, String(one.name), by)) continue
    if (one.note === 'page' && circumstances.isEmpty) continue
    if (one.note.endsWith('if anybody did') && each === 0) continue
    if (at === log.length && circumstances.isRefused) return undefined
    return `explained: ${operations[i]?.lines?.join('\n  ')} ${JSON.stringify(operations[i]?.params)}\nlogged:    ${log[at]?.text ?? 'nothing'}`
  }
  return at === log.length ? undefined : `explained: nothing\nlogged:    ${log[at]?.text}`
}

/** How many operations a walk took, and the reading of its page where that is not explained by itself. */
function walkAfter(
  { name, scope, filter, attributes, note }: Told,
  following: Told | undefined,
  log: readonly LoggedOperation[],
  circumstances: Circumstances,
): number {
  let count = 0
  const isWalk = (one: LoggedOperation | undefined): boolean =>
    one?.kind === 'search' &&
    one.attributes.every((attribute) => attributes.some((other) => sameText(attribute, other))) &&
    same(
      { kind: 'search', name, scope: scope ?? '', filter: filter as LdapFilter, attributes: one.attributes, note },
      one,
      circumstances,
    )
  while (isWalk(log[count])) count++
  if (count === 0 || following?.note === 'page') return count
  const parts = filter?.kind === 'and' ? filter.of : [filter as LdapFilter]
  const visible = parts.slice(0, 1)
  const byIds: LdapFilter = {
    kind: 'and',
    of: [...visible, { kind: 'equalityMatch', attribute: 'entryUUID', value: '‹entryUUID›' }],
  }
  const isPage = (one: LoggedOperation | undefined): boolean =>
    one?.kind === 'search' &&
    one.attributes.every((attribute) => attributes.some((other) => sameText(attribute, other))) &&
    same(
      { kind: 'search', name, scope: scope ?? '', filter: byIds, attributes: one.attributes, note: 'page' },
      one,
      circumstances,
    )
  while (isPage(log[count])) count++
  return count
}
