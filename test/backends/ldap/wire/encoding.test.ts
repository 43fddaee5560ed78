import fc from 'fast-check'
import {
  AbandonRequest,
  AddRequest,
  AndFilter,
  Attribute,
  BerWriter,
  BindRequest,
  Change,
  DeleteRequest,
  EqualityFilter,
  ExtensibleFilter,
  GreaterThanEqualsFilter,
  LessThanEqualsFilter,
  ModifyDNRequest,
  ModifyRequest,
  NotFilter,
  OrFilter,
  PresenceFilter,
  SearchRequest,
  SubstringFilter,
} from 'ldapts'
import type { Filter, Message } from 'ldapts'
import { describe, expect, it } from 'vitest'
import type { LdapFilter } from '../../../../src/backends/ldap/filter.ts'
import type { Operation } from '../../../../src/backends/ldap/operation.ts'
import { answerOf } from '../../../../src/backends/ldap/wire/answer.ts'
import { integer, octets, sequence, tlv } from '../../../../src/backends/ldap/wire/ber.ts'
import { encodeFilter } from '../../../../src/backends/ldap/wire/filter.ts'
import { frames } from '../../../../src/backends/ldap/wire/frames.ts'
import { enter, integerIn, readerOf } from '../../../../src/backends/ldap/wire/reader.ts'
import { abandonRequest, bindRequest, messageOf, requestOf } from '../../../../src/backends/ldap/wire/request.ts'

const none: ReadonlySet<string> = new Set()
/** The same request as ldapts writes it. */
type Other = Pick<Message, 'write'>
const value = (text: string): Attribute => new Attribute({ type: 'sn', values: [text] })

function otherOf(filter: LdapFilter): Filter {
  switch (filter.kind) {
    case 'and':
      return new AndFilter({ filters: filter.of.map(otherOf) })
    case 'or':
      return new OrFilter({ filters: filter.of.map(otherOf) })
    case 'not':
      return new NotFilter({ filter: otherOf(filter.of) })
    case 'present':
      return new PresenceFilter({ attribute: filter.attribute })
    case 'equalityMatch':
      return new EqualityFilter({ attribute: filter.attribute, value: String(filter.value) })
    case 'greaterOrEqual':
      return new GreaterThanEqualsFilter({ attribute: filter.attribute, value: String(filter.value) })
    case 'lessOrEqual':
      return new LessThanEqualsFilter({ attribute: filter.attribute, value: String(filter.value) })
    case 'substrings': {
      const { attribute, initial = '', any, final = '' } = filter
      return new SubstringFilter({ attribute, initial, any: [...any], final })
    }
    case 'extensibleMatch':
      return new ExtensibleFilter({ matchType: filter.attribute, rule: filter.rule, value: String(filter.value) })
  }
}

describe('what is sent', () => {
  it.each<[operation: Operation, other: Other]>([
    [
      {
        kind: 'search',
        base: 'ou=x',
        scope: 'sub',
        filter: { kind: 'equalityMatch', attribute: 'cn', value: 'ä*(' },
        attributes: ['cn', 'sn'],
        binary: none,
        sizeLimit: 700,
      },
      new SearchRequest({
        messageId: 7,
        baseDN: 'ou=x',
        scope: 'sub',
        filter: new EqualityFilter({ attribute: 'cn', value: 'ä*(' }),
        attributes: ['cn', 'sn'],
        sizeLimit: 700,
        timeLimit: 0,
      }),
    ],
    [
      { kind: 'add', dn: 'cn=x', attributes: [{ attribute: 'sn', values: ['x'.repeat(70_000)] }] },
      new AddRequest({ messageId: 7, dn: 'cn=x', attributes: [value('x'.repeat(70_000))] }),
    ],
    [
      { kind: 'modify', dn: 'cn=x', changes: [{ op: 'replace', attribute: 'sn', values: ['y'] }] },
      new ModifyRequest({
        messageId: 7,
        dn: 'cn=x',
        changes: [new Change({ operation: 'replace', modification: value('y') })],
      }),
    ],
    [{ kind: 'delete', dn: 'cn=ä' }, new DeleteRequest({ messageId: 7, dn: 'cn=ä' })],
    [
      { kind: 'rename', dn: 'cn=x', rdn: 'cn=y', superior: 'ou=z' },
      new ModifyDNRequest({ messageId: 7, dn: 'cn=x', newRdn: 'cn=y', newSuperior: 'ou=z' }),
    ],
  ])('is what ldapts sends: $kind', (operation, other) => {
    expect(messageOf(7, requestOf(operation)).equals(other.write())).toBe(true)
  })

  it.each([1, 127, 128, 255, 256, 32_767, 32_768, 65_536, 8_388_608, 2 ** 31 - 1])('abandons number %i', (id) => {
    const reader = readerOf(messageOf(9, abandonRequest(id)))
    enter(reader, 0x30)
    expect(integerIn(reader)).toBe(9)
    enter(reader, 0x50)
    expect(reader.remainingBuffer.readIntBE(0, reader.length)).toBe(id)
    if (id < 2 ** 23)
      expect(messageOf(9, abandonRequest(id))).toEqual(new AbandonRequest({ messageId: 9, abandonId: id }).write())
  })

  it('binds as ldapts does', () => {
    const simple = { dn: 'cn=ü', password: 'pä' }
    expect(messageOf(2, bindRequest(simple))).toEqual(new BindRequest({ messageId: 2, ...simple }).write())
    const external: Message = new BindRequest({ messageId: 2, mechanism: 'EXTERNAL' })
    expect(messageOf(2, bindRequest('external'))).toEqual(external.write())
  })

  it('is whole where ldapts loses the end: a message as long as its buffer', () => {
    const values = [
      ...Array.from({ length: 5_188 }, () => 'x'.repeat(99)),
      'y'.repeat(53),
      'z'.repeat(100),
      'w'.repeat(100),
    ]
    const other = new AddRequest({
      messageId: 5,
      dn: 'cn=a',
      attributes: [new Attribute({ type: 'member', values })],
    }).write()
    const ours = messageOf(5, requestOf({ kind: 'add', dn: 'cn=a', attributes: [{ attribute: 'member', values }] }))
    expect([ours.length, frames().push(ours).length]).toEqual([524_289, 1])
    expect([other.length, frames().push(other).length]).toEqual([524_288, 0])
  })

  it('says a filter as ldapts writes it, whatever the values', () => {
    const attribute = fc.constantFrom('cn', 'sn', 'member;x-opt')
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    const leaf: fc.Arbitrary<LdapFilter> = fc.oneof(
      fc.record({ kind: fc.constant('present' as const), attribute }),
      fc.record({
        kind: fc.constantFrom('equalityMatch' as const, 'greaterOrEqual' as const, 'lessOrEqual' as const),
        attribute,
        value: text,
      }),
      fc.record({
        kind: fc.constant('substrings' as const),
        attribute,
        initial: fc.option(text, { nil: undefined }),
        any: fc.array(text, { minLength: 1 }),
        final: fc.option(text, { nil: undefined }),
      }),
      fc.record({ kind: fc.constant('extensibleMatch' as const), attribute, rule: fc.constant('1.2.3'), value: text }),
    )
    const { filter } = fc.letrec<{ filter: LdapFilter }>((tie) => ({
      filter: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          of: fc.array(tie('filter'), { minLength: 1 }),
        }),
        fc.record({ kind: fc.constant('not' as const), of: tie('filter') }),
      ),
    }))
    fc.assert(
      fc.property(filter, (one) => {
        const writer = new BerWriter()
        otherOf(one).write(writer)
        expect(encodeFilter(one).equals(writer.buffer)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('what comes in', () => {
  const message = (id: number, size: number): Buffer => sequence(integer(id), octets('x'.repeat(size)))

  it('is cut into messages, however it is chopped', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 70_000 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }), (lengths, chops) => {
        const whole = lengths.map((size, at) => message(at, size))
        const bytes = Buffer.concat(whole)
        const cut = frames()
        const got: Buffer[] = []
        for (let from = 0, turn = 0; from < bytes.length; turn++) {
          const to = from + (chops[turn % chops.length] ?? 1)
          got.push(...cut.push(bytes.subarray(from, to)))
          from = to
        }
        expect(got.map((one) => one.length)).toEqual(whole.map((one) => one.length))
        expect(Buffer.concat(got).equals(bytes)).toBe(true)
        expect(cut.rest).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n', /not LDAP/],
    [Buffer.from([0x30, 0x80]), /not LDAP/],
    [Buffer.from([0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]), /not LDAP/],
    [Buffer.from([0x30, 0x86, 1, 1, 1, 1, 1, 1]), /too long/],
  ])('is refused when it is no message: %j', (bytes, why) => {
    expect(() => frames().push(Buffer.from(bytes))).toThrow(why)
  })

  const entry = (...attributes: readonly Buffer[]): Buffer => tlv(0x64, octets('cn=x'), sequence(...attributes))
  it.each([
    ['an entry that is cut short', entry(sequence(octets('cn'), tlv(0x31, Buffer.from([0x04, 0x05, 0x41]))))],
    ['an attribute that is longer than its entry', tlv(0x64, octets('cn=x'), Buffer.from([0x30, 0x7f, 0x30]))],
    ['a result without a code', tlv(0x65)],
    ['a result without a text', tlv(0x65, tlv(0x0a, Buffer.from([0])), octets(''))],
    ['no operation', Buffer.alloc(0)],
  ])('throws, and neither succeeds nor loops, at %s', (_, bytes) => {
    expect(() => answerOf(readerOf(bytes), none)).toThrow()
  })

  it('passes over an intermediate response, and hidden values', () => {
    expect(answerOf(readerOf(tlv(0x79, octets('1.2', 0x80))), none)).toEqual({ kind: 'passedOver' })
    const hidden = answerOf(readerOf(entry(sequence(octets('CN'), tlv(0x31)))), none)
    expect(hidden).toEqual({ kind: 'entry', entry: { dn: 'cn=x', values: new Map() } })
  })

  it('takes values under any case and option, as bytes where that is said', () => {
    const bytes = Buffer.from('abc')
    const set = sequence(octets('userCertificate;Binary'), tlv(0x31, octets(bytes)))
    for (const name of ['usercertificate', 'usercertificate;binary']) {
      const answer = answerOf(readerOf(entry(set)), new Set([name]))
      const values = answer.kind === 'entry' ? answer.entry.values : undefined
      expect(values).toEqual(new Map([['usercertificate;binary', [Uint8Array.from(bytes)]]]))
    }
  })
})
