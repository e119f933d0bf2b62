import { expect, test } from 'vitest'
import { addNote, EMPTY_ENTRY, planTender, takePart, tendersOf } from './tender.ts'

test('an empty field pays exactly what is due', () => {
  const plan = planTender(EMPTY_ENTRY, 13_791)

  expect(plan).toEqual({ remaining_fen: 13_791, given_fen: 13_791, change_fen: 0, next: 'pay' })
})

test.each([
  ['cash', '300', 16_209, 'pay'],
  ['cash', '137.91', 0, 'pay'],
  ['cash', '100', 0, 'add'],
  ['cash', '0', 0, 'nothing'],
  ['card', '137.91', 0, 'pay'],
  ['card', '50', 0, 'add'],
  ['card', '137.92', 0, 'too_much'],
] as const)('%s of %s yuan for 137.91 gives %i fen back: %s', (kind, typed, changeFen, next) => {
  const plan = planTender({ taken: [], kind, typed }, 13_791)

  expect([plan.change_fen, plan.next]).toEqual([changeFen, next])
})

test('a part by card leaves the rest to cash', () => {
  const card = { taken: [], kind: 'card' as const, typed: '100' }

  const entry = takePart(card, planTender(card, 13_791))
  const plan = planTender({ ...entry, typed: '50' }, 13_791)

  expect(entry.kind).toBe('cash')
  expect(plan).toEqual({ remaining_fen: 3_791, given_fen: 5_000, change_fen: 1_209, next: 'pay' })
  expect(tendersOf(entry, plan)).toEqual([
    { kind: 'card', amount_fen: 10_000 },
    { kind: 'cash', amount_fen: 5_000 },
  ])
})

test('a ticket of gifts is paid with nothing', () => {
  expect(planTender(EMPTY_ENTRY, 0).next).toBe('pay')
})

test.each([
  ['', 50, '50'],
  ['100', 100, '200'],
  ['0.5', 50, '50.50'],
  ['7.', 100, '107'],
])('field %s and a note of %i hold %s', (typed, note, after) => {
  expect(addNote(typed, note)).toBe(after)
})
