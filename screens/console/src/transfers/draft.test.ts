import type { Item } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import {
  addLine,
  changeLine,
  EMPTY_DRAFT,
  problemsOf,
  removeLine,
  requestOf,
  type Draft,
} from './draft.ts'

const APPLES: Item = {
  item_id: 1016,
  sku: '20017',
  gtins: [],
  name: '散装苹果',
  name_en: 'Apples',
  unit_of_measure: 'kg',
  unit_price_fen: 1_198,
}

const COMPLETE: Draft = {
  source: 'S001',
  target: 'S002',
  lines: [{ key: 1, item: APPLES, quantity: '12.5' }],
}

test('a complete draft is sent in whole thousandths', () => {
  expect(requestOf(COMPLETE)).toEqual({
    source_store: 'S001',
    target_store: 'S002',
    lines: [{ item_id: 1016, quantity_milli: 12_500 }],
  })
})

test('an empty draft says all that it lacks and is not sent', () => {
  expect(problemsOf(EMPTY_DRAFT)).toEqual({
    source: 'draft.problem.source',
    target: 'draft.problem.target',
    lines: { 1: { item: 'draft.problem.item', quantity: 'draft.problem.quantity' } },
  })
  expect(requestOf(EMPTY_DRAFT)).toBeNull()
})

test('a store does not ship to itself', () => {
  const draft = { ...COMPLETE, target: 'S001' }

  expect(problemsOf(draft).target).toBe('draft.problem.same')
  expect(requestOf(draft)).toBeNull()
})

test.each(['', '0', '-1', '1.2345', 'x'])('quantity %s is refused', (quantity) => {
  const draft = changeLine(COMPLETE, 1, { quantity })

  expect(problemsOf(draft).lines).toEqual({ 1: { quantity: 'draft.problem.quantity' } })
})

test('the same item twice is one line too many', () => {
  const draft = changeLine(addLine(COMPLETE), 2, { item: APPLES, quantity: '1' })

  expect(problemsOf(draft).lines).toEqual({ 2: { item: 'draft.problem.duplicate' } })
  expect(requestOf(removeLine(draft, 2))).toEqual(requestOf(COMPLETE))
})

test('a new line never takes the key of one that is there', () => {
  const draft = addLine(removeLine(addLine(addLine(COMPLETE)), 2))

  expect(draft.lines.map((line) => line.key)).toEqual([1, 3, 4])
})
