// What a customer brings back, while it is picked from the lines of the sale. Pure.

import type { BackLine, GoodsState, Sale, SoldLine } from 'kit/api-types.ts'
import type { Entered } from './back-room/work.ts'
import { ONE_PIECE_MILLI } from './till-actions.ts'

/** Why goods come back; the store's list. */
export const RETURN_REASONS = ['unwanted', 'damaged', 'wrong_item', 'quality'] as const
export type ReturnReason = (typeof RETURN_REASONS)[number]

/** Quantity that comes back by line of the sale; what is not in it stays with the customer. */
export type Picked = Readonly<Record<number, number>>

/** Where the goods go follows from why they come. */
const STATE_OF_REASON: Record<ReturnReason, GoodsState> = {
  unwanted: 'sellable',
  wrong_item: 'sellable',
  damaged: 'damaged',
  quality: 'quarantine',
}

/** One step of the line's plus or minus: a piece, or all that was weighed. */
export function stepPick(picked: Picked, line: SoldLine, direction: 1 | -1): Picked {
  const stepMilli = line.unit_of_measure === 'kg' ? line.left_milli : ONE_PIECE_MILLI
  const wanted = (picked[line.sale_line_no] ?? 0) + direction * stepMilli
  return { ...picked, [line.sale_line_no]: Math.max(0, Math.min(line.left_milli, wanted)) }
}

/** The line that a scanned code picks: the first of these goods of which something is left. */
export function lineOfCode(sale: Sale, picked: Picked, code: string): SoldLine | null {
  const isLeft = (line: SoldLine) => (picked[line.sale_line_no] ?? 0) < line.left_milli
  return sale.lines.find((line) => line.scanned_code === code && isLeft(line)) ?? null
}

/** Goods that nobody has a receipt for, at the price of today; what has no price does not come back. */
export function backWithoutReceipt(lines: Entered[], reason: ReturnReason): BackLine[] {
  return lines.flatMap(({ item, quantity_milli }) => {
    const { item_id, unit_price_fen } = item
    if (unit_price_fen === null) return []
    const goods = { quantity_milli, state: STATE_OF_REASON[reason], reason }
    return [{ kind: 'without_receipt' as const, item_id, unit_price_fen, ...goods }]
  })
}

export function backLines(sale: Sale, picked: Picked, reason: ReturnReason): BackLine[] {
  return sale.lines.flatMap((line) => {
    const quantity_milli = picked[line.sale_line_no] ?? 0
    if (quantity_milli === 0) return []
    const { sale_id } = sale
    const { sale_line_no } = line
    const state = STATE_OF_REASON[reason]
    return [{ kind: 'on_receipt' as const, sale_id, sale_line_no, quantity_milli, state, reason }]
  })
}
