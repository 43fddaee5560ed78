import { describe, expect, it } from 'vitest'
import { inOrder } from '../../src/service/bulk/order.ts'
import type { Node } from '../../src/service/bulk/order.ts'

/** `2:a! b` needs the operation 2, claims a alone and b together with others. */
const nodes = (...told: readonly string[]): readonly Node[] =>
  told.map((text) => {
    const [needs = '', claims = ''] = text.split(':')
    const words = (list: string): readonly string[] => list.split(' ').filter((word) => word !== '')
    return {
      needs: new Set(words(needs).map(Number)),
      claims: words(claims).map((word) => ({ key: word.replace('!', ''), alone: word.endsWith('!'), binds: true })),
    }
  })
const order = (...told: readonly string[]): readonly string[] =>
  inOrder(nodes(...told)).map(({ members, isCircle }) => `${members.join('+')}${isCircle ? ' circle' : ''}`)

describe('the order of operations', () => {
  it('is that of the request', () => {
    expect(order(':', ':', ':')).toEqual(['0', '1', '2'])
    expect(order(':', '0:', '1 0:')).toEqual(['0', '1', '2'])
  })

  it('puts who refers to a later operation right behind it, and moves nothing else', () => {
    expect(order('3:', ':', ':', ':', ':')).toEqual(['1', '2', '3', '0', '4'])
    expect(order('1:', '2:', '3:', ':')).toEqual(['3', '2', '1', '0'])
  })

  it('takes a circle as one, at the place of its last operation', () => {
    expect(order('2:', ':', '0:', ':')).toEqual(['1', '0+2 circle', '3'])
    expect(order('0:', ':')).toEqual(['0 circle', '1'])
    expect(order('1:', '2:', '0:', '4:', '3:', '0:', '3:')).toEqual(['0+1+2 circle', '3+4 circle', '5', '6'])
    expect(order('1:', '0 2:', ':')).toEqual(['2', '0+1 circle'])
  })

  it('keeps the order of what binds two operations, whatever one of them waits for', () => {
    // a PATCH of a group with somebody who is made later, then the DELETE of that group
    expect(order('2:g!', ':g!', ':')).toEqual(['2', '0', '1'])
    // a name is taken by the first who asks for it
    expect(order('2:n!', ':n!', ':')).toEqual(['2', '0', '1'])
    // two who only share it are free
    expect(order('2:n', ':n', ':')).toEqual(['1', '2', '0'])
  })

  it('lets what is done to a new resource follow its POST, in the order of the request', () => {
    // a group with it, a PATCH of it, its POST, its DELETE
    expect(order('2:x', '2:x!', ':x!', '2:x!')).toEqual(['2', '0', '1', '3'])
  })

  it('gives references the last word', () => {
    // the first is to come before the second by name, and cannot
    expect(order('1:n!', ':n!')).toEqual(['1', '0'])
    expect(order('2:n!', ':n!', '1:')).toEqual(['1', '2', '0'])
  })

  it('finds circles however long, and takes long chains, without running out of stack or time', () => {
    const count = 10_000
    const ring = Array.from({ length: count }, (_, i) => `${(i + 1) % count}:`)
    expect(inOrder(nodes(...ring))).toHaveLength(1)
    const chain = Array.from({ length: count }, (_, i) => (i + 1 < count ? `${i + 1}:a!` : ':a!'))
    const started = performance.now()
    const found = inOrder(nodes(...chain))
    expect(found.map(({ members }) => members[0])).toEqual(Array.from({ length: count }, (_, i) => count - 1 - i))
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it.each(['before', 'after'])(
    'takes everybody who refers to everybody %s, as many as a request has room for',
    (side) => {
      const count = 1_000
      const all = Array.from({ length: count }, (_, i) => i)
      const mesh = all.map((i): Node => {
        const others = side === 'before' ? all.slice(0, i) : all.slice(i + 1)
        const keys = [i, ...others].map((one) => ({ key: `${one}`, alone: one === i, binds: true }))
        return { needs: new Set(others), claims: keys }
      })
      const started = performance.now()
      const found = inOrder(mesh).map(({ members }) => members[0])
      expect(found).toEqual(side === 'before' ? all : all.toReversed())
      expect(performance.now() - started).toBeLessThan(2_500)
    },
  )
})
