// The work of the back room as data: what is received and sent, and what was entered. Pure.

import type { HandledLine, Item, Orders, OrderLine } from 'kit/api-types.ts'

export type WorkKind = 'receive' | 'ship' | 'take_in'

/** One order that this store has to do with. */
export type Work = {
  kind: WorkKind
  /** Of the order; unique together with the kind. */
  order_no: string
  /** Supplier, or the other store. */
  partner: string
  lines: OrderLine[]
  /** Where it is done. */
  path: string
}

export function worksOf(orders: Orders, store: string): Work[] {
  const purchases = orders.purchase_orders.map((order): Work => {
    const { purchase_order_no: order_no, supplier_no: partner, lines } = order
    const path = `purchase-orders/${encodeURIComponent(order_no)}/receive`
    return { kind: 'receive', order_no, partner, lines, path }
  })
  const transfers = orders.transfer_orders.flatMap((order): Work[] => {
    const { transfer_no: order_no, source_store, target_store, decision, lines } = order
    const base = `transfer-orders/${encodeURIComponent(order_no)}`
    if (target_store === store) {
      const path = `${base}/receive`
      return [{ kind: 'take_in', order_no, partner: source_store, lines, path }]
    }
    if (decision !== 'approved') return []
    return [{ kind: 'ship', order_no, partner: target_store, lines, path: `${base}/ship` }]
  })
  return [...transfers, ...purchases]
}

export type GoodsState = HandledLine['state']
export const GOODS_STATES: GoodsState[] = ['sellable', 'damaged', 'quarantine']

/** What a person entered of an item: in one state, of one lot. */
export type Entered = Omit<HandledLine, 'item_id'> & { item: Item }

export function keyOf({ item, state, lot_no, expires_on }: Entered): string {
  return [item.item_id, state, lot_no, expires_on ?? ''].join(' ')
}

/** The same goods again add up; the newest stands first. */
export function addEntered(lines: Entered[], one: Entered): Entered[] {
  const key = keyOf(one)
  const before = lines.find((line) => keyOf(line) === key)
  const quantity_milli = one.quantity_milli + (before?.quantity_milli ?? 0)
  return [{ ...one, quantity_milli }, ...lines.filter((line) => line !== before)]
}

export function handledLines(lines: Entered[]): HandledLine[] {
  return lines.map(({ item, ...rest }) => ({ item_id: item.item_id, ...rest }))
}

/** All that is still to come, as the order says; lines that are here in full are left out. */
export function expectAll(work: Work, items: Item[]): Entered[] {
  return work.lines.flatMap(({ item_id, quantity_milli, handled_milli }) => {
    const item = items.find((one) => one.item_id === item_id)
    const left = quantity_milli - handled_milli
    if (!item || left <= 0) return []
    return [{ item, quantity_milli: left, state: 'sellable', lot_no: '', expires_on: null }]
  })
}

/** An item of an order: what is still expected, and what is there. */
export type Comparison = {
  item_id: number
  expected_milli: number
  there_milli: number
  difference_milli: number
}

/** Differences first, and among equals the order's own order. */
export function compare(work: Work, lines: Entered[]): Comparison[] {
  const rows = work.lines.map(({ item_id, quantity_milli, handled_milli }): Comparison => {
    const expected_milli = Math.max(0, quantity_milli - handled_milli)
    const there_milli = lines
      .filter(({ item }) => item.item_id === item_id)
      .reduce((sum, line) => sum + line.quantity_milli, 0)
    const difference_milli = there_milli - expected_milli
    return { item_id, expected_milli, there_milli, difference_milli }
  })
  return [
    ...rows.filter((row) => row.difference_milli !== 0),
    ...rows.filter((row) => row.difference_milli === 0),
  ]
}

/** Six digits YYMMDD as on the goods (GS1 General Specifications 7.12); null for what is no date. */
export function parseExpiry(text: string): string | null {
  const match = /^(\d{2})(\d{2})(\d{2})$/.exec(text.trim())
  if (!match) return null
  const [, year, month, day] = match
  const written = `20${year}-${month}-${day}`
  const date = new Date(`${written}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(written) ? null : written
}

/** A date as the six digits that are typed. */
export function writeExpiry(date: string | null): string {
  return date === null ? '' : date.replaceAll('-', '').slice(2)
}
