import { BridgeError } from '../../base/errors.ts'
import type { ErrorReason } from '../../base/errors.ts'
import type { Result } from './operation.ts'

type Judgement = readonly [reason: ErrorReason, detail: string]

const busy: Judgement = ['busy', 'the directory is busy; try again']
const unavailable: Judgement = ['unavailable', 'the directory is not available']
/** Who the bridge is, and whether it may say so: nothing that a client could do about. */
const unbound: Judgement = ['unavailable', "the directory does not accept the bridge's account"]
const denied: Judgement = ['denied', "the directory does not allow this to the bridge's account"]
const missing: Judgement = ['missing', 'there is no such entry in the directory']
const internal: Judgement = ['internal', 'the directory did not understand the bridge']

/** The only place where a result code of LDAP is judged (RFC 4511 appendix A.2, RFC 4528, RFC 4370). */
const judgements: Readonly<Record<number, Judgement>> = {
  1: ['unavailable', 'the directory could not do this just now'],
  2: internal,
  3: [
    'limit',
    "the directory's time limit ended the search; ask for less, or its operator raises the time limit of the bridge's account",
  ],
  4: [
    'limit',
    "the directory's size limit ended the search; ask for less, or its operator raises the size limit of the bridge's account, that of paged searches in total included",
  ],
  7: unbound,
  8: unbound,
  10: [
    'unavailable',
    'the directory refers to another server for this; the bridge has to be given the one that writes',
  ],
  11: [
    'limit',
    "an administrative limit of the directory ended the search; ask for less, or its operator raises the look-through limit of the bridge's account, or indexes what is searched for",
  ],
  12: ['unavailable', 'the directory lacks a control that this needs'],
  13: ['unavailable', 'the directory demands an encrypted connection for this'],
  14: unbound,
  // 409 would be taken for a name that is in use
  16: ['busy', 'the entry was changed by somebody else at the same time; try again'],
  17: ['constraint', 'the directory does not know an attribute that the mapping writes'],
  18: internal,
  19: ['constraint', 'a rule of the directory refuses this value or password'],
  20: ['constraint', 'the entry has one of these values already, or is given one of them twice'],
  21: ['constraint', 'a value does not fit the syntax that the directory demands of its attribute'],
  32: missing,
  33: ['unavailable', 'an alias of the directory points nowhere'],
  34: ['constraint', 'a value cannot be part of the name of an entry'],
  36: ['denied', 'the directory does not let the bridge follow an alias'],
  48: unbound,
  49: unbound,
  50: denied,
  51: busy,
  52: unavailable,
  53: ['denied', 'the directory is unwilling to do this'],
  54: ['unavailable', 'the directory refers in a circle'],
  64: ['constraint', 'the directory does not allow an entry of this kind to have this name or place'],
  65: [
    'constraint',
    'the directory does not allow an entry of this kind with these attributes, or without one that it must have',
  ],
  66: ['constraint', 'the entry has others below it in the directory'],
  67: ['constraint', 'a value is the name of the entry in the directory and cannot be changed like this'],
  68: ['conflict', 'an entry of this name is in the directory already'],
  69: ['constraint', 'the directory does not allow the kind of this entry to be changed'],
  71: ['constraint', 'the directory cannot move an entry to another of its servers'],
  80: ['unavailable', 'the directory failed to do this'],
  122: ['preconditionFailed', 'the entry has been changed by somebody else'],
  123: denied,
}

const unknown: Judgement = ['internal', 'the directory answered in a way that the bridge does not know']

const judge = (code: number): Judgement => judgements[code] ?? unknown

/** What a result code means to whoever asked. */
export const reasonOf = (code: number): ErrorReason => judge(code)[0]

/** A result that ends a request. `what` was being done: in the log beside the server's own words, never told. */
export function refused(result: Result, what: string): BridgeError {
  const [reason, detail] = judge(result.code)
  const said = result.message === '' ? 'no diagnostic message' : result.message
  return new BridgeError(reason, detail, new Error(`${what}: result code ${result.code}: ${said}`))
}
