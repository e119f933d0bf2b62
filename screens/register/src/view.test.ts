import type { BoxMessage, TicketChanged } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import { actOnPage, hearBox, INITIAL_VIEW, type View } from './view.ts'
import { line, RECEIPT, snapshot, STATUS, totals } from './view-fixture.ts'

const OPEN: View = hearBox(INITIAL_VIEW, snapshot(7))

function changed(sequence: number, fields: Partial<TicketChanged> = {}): TicketChanged {
  return {
    kind: 'ticket_changed',
    generation: 'g1',
    sequence,
    lines: [],
    removed_line_ids: [],
    totals: totals(600, 2),
    hot_line_id: null,
    ...fields,
  }
}

const UNKNOWN_BARCODE = {
  code: 'unknown_barcode',
  detail: 'No item has barcode 69.',
  detail_zh: '没有商品使用条码 69。',
  level: 'error',
} as const

test('a snapshot replaces all that was shown', () => {
  const view = hearBox(OPEN, snapshot(40, { lines: [line(9)], totals: totals(300, 1) }))

  expect(view.state?.lines.map((shown) => shown.line_id)).toEqual([9])
  expect(view.sequence).toBe(40)
})

test('a changed line keeps its place and a new one goes to the end', () => {
  const event = changed(8, { lines: [line(3), line(1, { quantity_milli: 2_000 })], hot_line_id: 3 })

  const view = hearBox(OPEN, event)

  expect(view.state?.lines.map((shown) => shown.line_id)).toEqual([1, 2, 3])
  expect(view.state?.lines[0]?.quantity_milli).toBe(2_000)
  expect(view.hot_line_id).toBe(3)
})

test('a removed line goes and the totals are those of the event', () => {
  const view = hearBox(OPEN, changed(8, { removed_line_ids: [1], totals: totals(300, 1) }))

  expect(view.state?.lines.map((shown) => shown.line_id)).toEqual([2])
  expect(view.state?.totals.amount_fen).toBe(300)
})

test('unchanged lines stay the same objects, so that their rows are not drawn again', () => {
  const view = hearBox(OPEN, changed(8, { lines: [line(3)] }))

  expect(view.state?.lines[1]).toBe(OPEN.state?.lines[1])
})

test('an event that was already heard changes nothing', () => {
  expect(hearBox(OPEN, changed(7, { removed_line_ids: [1] }))).toBe(OPEN)
})

test.each([
  ['a gap', changed(9)],
  ['another generation', changed(8, { generation: 'g2' })],
  ['an older number of another generation', changed(3, { generation: 'g2' })],
])('%s asks for a snapshot and keeps what is shown', (_case, event) => {
  const view = hearBox(OPEN, event)

  expect([view.generation, view.sequence]).toEqual([null, null])
  expect(view.state).toBe(OPEN.state)
})

test('no event counts until the snapshot is there', () => {
  const stale = hearBox(OPEN, changed(9))

  expect(hearBox(stale, changed(10, { removed_line_ids: [1] }))).toBe(stale)
  expect(hearBox(INITIAL_VIEW, changed(1))).toBe(INITIAL_VIEW)
})

test('a closed ticket leaves an empty one and shows its receipt', () => {
  const view = hearBox(OPEN, {
    kind: 'ticket_closed',
    generation: 'g1',
    sequence: 8,
    receipt: RECEIPT,
  })

  expect(view.state?.lines).toEqual([])
  expect(view.state?.totals.amount_fen).toBe(0)
  expect(view.state?.last_receipt).toEqual(RECEIPT)
  expect(view.is_receipt_shown).toBe(true)
})

test('the next scan takes the receipt away', () => {
  const paid = hearBox(OPEN, {
    kind: 'ticket_closed',
    generation: 'g1',
    sequence: 8,
    receipt: RECEIPT,
  })

  const view = hearBox(paid, changed(9, { lines: [line(1)], totals: totals(300, 1) }))

  expect(view.is_receipt_shown).toBe(false)
})

test('the same notice twice is told twice', () => {
  const once = hearBox(OPEN, {
    kind: 'notice',
    generation: 'g1',
    sequence: 8,
    notice: UNKNOWN_BARCODE,
  })
  const twice = actOnPage(once, { kind: 'tell', notice: UNKNOWN_BARCODE })

  expect(twice.notice?.code).toBe('unknown_barcode')
  expect(twice.notice?.number).not.toBe(once.notice?.number)
})

test('a status leaves the ticket alone', () => {
  const status = { ...STATUS, line: 'offline' as const, unacknowledged_facts: 3 }

  const view = hearBox(OPEN, { kind: 'status_changed', generation: 'g1', sequence: 8, status })

  expect(view.state?.status.unacknowledged_facts).toBe(3)
  expect(view.state?.lines).toBe(OPEN.state?.lines)
})

test('a lost line keeps the ticket on screen', () => {
  const view = actOnPage(OPEN, { kind: 'link', link: 'lost' })

  expect(view.state).toBe(OPEN.state)
  expect(view.sequence).toBe(7)
})

test('a kind of message that is not known changes nothing', () => {
  const message = { kind: 'drawer_opened', generation: 'g1', sequence: 8 } as unknown as BoxMessage

  expect(hearBox(OPEN, message)).toBe(OPEN)
})

test('a ticket that was paid while the page was cut off shows its receipt', () => {
  const paid = snapshot(3, { lines: [], totals: totals(0, 0), last_receipt: RECEIPT })

  expect(hearBox(OPEN, paid).is_receipt_shown).toBe(true)
  expect(hearBox(INITIAL_VIEW, paid).is_receipt_shown).toBe(false)
})
