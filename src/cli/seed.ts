const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const people = [
  ['Amara', 'Okafor', 'Head of Finance'],
  ['Björn', 'Lindqvist', 'Engineer'],
  ['Chiara', 'Conti', 'Engineer'],
  ['Dinesh', 'Raghavan', 'Analyst'],
  ['Élodie', 'Marchand', 'Designer'],
  ['Fatima', 'Zahra', 'Counsel'],
] as const

/** A few people and a group through SCIM itself, for a schema that comes without any. */
export async function seed(url: string, token: string): Promise<void> {
  const post = async (path: string, body: object): Promise<string> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    })
    const made = (await response.json()) as { readonly id?: string; readonly detail?: string }
    if (made.id === undefined) throw new Error(`seeding failed: ${made.detail}`)
    return made.id
  }
  const ids: string[] = []
  for (const [givenName, familyName, title] of people) {
    const userName = givenName
      .normalize('NFD')
      .replace(/\P{ASCII}/gu, '')
      .toLowerCase()
    ids.push(
      await post('/Users', {
        schemas: [user],
        userName,
        name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
        displayName: `${givenName} ${familyName}`,
        title,
        active: true,
        emails: [{ value: `${userName}@example.com`, type: 'work', primary: true }],
      }),
    )
  }
  await post('/Groups', {
    schemas: [group],
    displayName: 'Engineering',
    members: ids.slice(1, 3).map((value) => ({ value })),
  })
}
