import { describe, expect, it } from 'vitest'
import { configurationDoc } from '../../src/config/configuration-doc.ts'
import { applicationSettings, sections, single, tokenSettings } from '../../src/config/defaults.ts'

describe('docs/configuration.md', () => {
  it('is what the settings say', async () => {
    await expect(configurationDoc()).toMatchFileSnapshot('../../docs/configuration.md')
  })

  it('has a description of every setting', () => {
    const all = [...Object.values(sections), single, tokenSettings, applicationSettings].flatMap((group) =>
      Object.entries(group),
    )
    expect(all.length).toBeGreaterThan(20)
    for (const [name, schema] of all)
      expect([name, schema.meta()?.description]).toEqual([name, expect.stringMatching(/\.$/)])
  })
})
