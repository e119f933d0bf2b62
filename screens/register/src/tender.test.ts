import { expect, test } from 'vitest'
import {
  addNote,
  chargeOf,
  EMPTY_ENTRY,
  isPayCode,
  kindsOf,
  planTender,
  takePart,
  tendersOf,
} from './tender.ts'

test('an empty field pays exactly what is due', () => {
  const plan = planTender(EMPTY_ENTRY, 13_791)

  expect(plan).toEqual({
    remaining_fen: 13_791,
    rounding_fen: 0,
    given_fen: 13_791,
    change_fen: 0,
    next: 'pay',
  })
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
  expect([plan.remaining_fen, plan.change_fen, plan.next]).toEqual([3_791, 1_209, 'pay'])
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

test.each([
  ['cash', [], 1_237, 7, 1_230],
  ['card', [], 1_237, 0, 1_237],
  ['cash', [{ kind: 'card' as const, amount_fen: 1_000 }], 1_237, 7, 230],
  ['cash', [{ kind: 'cash' as const, amount_fen: 1_000 }], 1_237, 7, 230],
  ['cash', [], 7, 0, 7],
] as const)(
  '%s after %o of %i fen drops %i and leaves %i',
  (kind, taken, dueFen, dropped, left) => {
    const plan = planTender({ taken: [...taken], kind, typed: '' }, dueFen, 10)

    expect([plan.rounding_fen, plan.remaining_fen]).toEqual([dropped, left])
  },
)

test('cash that was typed but not taken is handed over, and the pay code pays the rest', () => {
  const charge = chargeOf({ taken: [], kind: 'cash', typed: '50' }, 6_237)

  expect(charge).toEqual({ amount_fen: 0, tenders: [{ kind: 'cash', amount_fen: 5_000 }] })
})

test('a part that is typed as pay code leaves the parts taken before with the page', () => {
  const taken = [{ kind: 'cash' as const, amount_fen: 1_000 }]

  expect(chargeOf({ taken, kind: 'wallet', typed: '20' }, 6_237)).toEqual({
    amount_fen: 2_000,
    tenders: [],
  })
  expect(chargeOf({ taken, kind: 'wallet', typed: '' }, 6_237)).toEqual({
    amount_fen: 0,
    tenders: taken,
  })
})

test.each([
  ['134567890123456789', true],
  ['1345678901234567', false],
  ['2812345678901234', true],
  ['6901234567892', false],
])('%s is a pay code: %s', (typed, is) => {
  expect(isPayCode(typed)).toBe(is)
})

test('a pay code is wanted before Enter pays anything by wallet', () => {
  expect(planTender({ taken: [], kind: 'wallet', typed: '' }, 500).next).toBe('scan')
  expect(kindsOf({ cash_rounding_fen: 0, has_wallet_gateway: false })).toContain('wechat')
})
