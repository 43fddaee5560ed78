import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clients } from '../../src/scim/quirks.ts'
import { talks } from './conversations/talk.ts'

const folder = join(import.meta.dirname, '../../docs/clients')
const text = readFileSync(join(folder, 'README.md'), 'utf8')

describe('docs/clients/README.md', () => {
  it('has a row for each profile, and each has a conversation', () => {
    const rows = [...text.matchAll(/^\| [^|]+ \| `(\w+)` \|/gm)].map((found) => found[1])
    expect([...new Set(rows)].sort()).toEqual([...clients].sort())
    expect([...new Set(talks.map(({ client }) => client))].sort()).toEqual([...clients].sort())
  })

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map((found) => found[1] ?? '')
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([])
  })
})
