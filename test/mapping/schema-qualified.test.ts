import { expect, it } from 'vitest'
import { userFile, catalogOf, problemsOf, typeOf } from './compiled.ts'

const table = '{ name: staff.employee, key: id, with: [{ name: staff.person, key: id }] }'

it('reads schema.table.column as a column of a table that carries its schema', () => {
  const user = typeOf(catalogOf(userFile('title: staff.person.job\nnickName: staff.employee.nick', table)))
  const places = user.attributes.flatMap((one) =>
    one.kind === 'single' && one.of.name !== 'userName'
      ? one.leaves.flatMap(({ carrier }) => (carrier.kind === 'slot' ? [carrier.slot.at] : []))
      : [],
  )
  expect(places).toEqual([
    { kind: 'field', table: 'staff.person', field: 'job' },
    { kind: 'field', table: undefined, field: 'nick' },
  ])
})

it('tells a table that is not there', () => {
  expect(problemsOf(userFile('title: staff.persons.job', table)).join()).toContain('staff.persons')
})
