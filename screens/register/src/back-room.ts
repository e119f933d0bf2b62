// The work of the back room as one list: what is received, what is sent. Pure.

import type { GoodsLine, Item, Orders } from 'kit/api-types.ts'

export type WorkKind = 'receive' | 'ship' | 'take_in'

/** One order that this store has to do with. */
export type Work = {
  kind: WorkKind
  /** Of the order; unique together with the kind. */
  order_no: string
  /** Supplier, or the other store. */
  partner: string
  lines: GoodsLine[]
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

/** Quantity by item, as it was counted at the door. */
export type Handled = Readonly<Record<number, number>>

/** Nothing is assumed to be there: who only confirms says so with one key. */
export function expectAll(work: Work): Handled {
  return Object.fromEntries(work.lines.map((line) => [line.item_id, line.quantity_milli]))
}

export function handledLines(handled: Handled): GoodsLine[] {
  return Object.entries(handled)
    .filter(([, quantity_milli]) => quantity_milli > 0)
    .map(([item_id, quantity_milli]) => ({ item_id: Number(item_id), quantity_milli }))
}

/** The item of the order that a scanned code names; GTINs are kept with 14 digits. */
export function itemOfCode(items: Item[], code: string): Item | null {
  const gtin = code.padStart(14, '0')
  return items.find((item) => item.sku === code || item.gtins.includes(gtin)) ?? null
}
