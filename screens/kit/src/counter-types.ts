// What the box says at the counter beside selling: goods that come back, shifts, the day.

import type { Item, Names, TenderKind, UnitOfMeasure } from './api-types.ts'

export type GoodsState = 'sellable' | 'damaged' | 'quarantine'

/** One line of goods that a customer brings back, on their receipt or without one. */
export type BackLine = {
  quantity_milli: number
  state: GoodsState
  reason: string
} & (
  | { kind: 'on_receipt'; sale_id: string; sale_line_no: number }
  /** At most at the price of today. */
  | { kind: 'without_receipt'; item_id: number; unit_price_fen: number }
)

/** A line of a sale, with what may still come back of it. */
export type SoldLine = Names & {
  sale_line_no: number
  item_id: number
  scanned_code: string
  unit_of_measure: UnitOfMeasure
  quantity_milli: number
  left_milli: number
  amount_fen: number
}
export type Sale = {
  sale_id: string
  /** That sold. */
  store: string
  receipt_no: number
  register_no: string
  sold_at: string
  lines: SoldLine[]
  /** That it was paid with; a wallet gets no more back than it paid. */
  tender_kinds: TenderKind[]
}
/** Together with what the register's ticket holds; below 0 due to the customer. */
export type ExchangePrice = { refund_fen: number; due_fen: number }

export type CashMove = 'float_added' | 'paid_in' | 'paid_out' | 'dropped' | 'deposited'
export type Shift = { shift_no: number; staff_no: string; float_fen: number; is_open: boolean }
export type Day = {
  opened: string | null
  closed: string | null
  business_date: string
  open_shifts: string[]
  held_tickets: number
}
export type ShiftState = { shift: Shift | null; day: Day }
/** An X or a Z. */
export type ShiftReport = {
  shift_no: number
  register_no: string
  staff_no: string
  float_fen: number
  tickets: number
  first_receipt_no: number
  last_receipt_no: number
  sales_fen: number
  returns_fen: number
  rounding_fen: number
  voids: number
  drawer_openings: number
  reprints: number
  tenders: { kind: TenderKind; amount_fen: number }[]
  /** Null for who counts blind. */
  expected_cash_fen: number | null
  /** Null in an X. */
  counted_fen: number | null
  /** Over (+) or short (-). */
  difference_fen: number | null
}
export type DayReport = {
  business_date: string
  tickets: number
  sales_fen: number
  returns_fen: number
  first_seq: number
  last_seq: number
  head: string
}

// --- The back room -------------------------------------------------------------------------------

/** One item of an order, and what this store handled of it so far. */
export type OrderLine = { item_id: number; quantity_milli: number; handled_milli: number }
/** What was there of an item: in one state, of one lot. */
export type HandledLine = {
  item_id: number
  quantity_milli: number
  state: GoodsState
  lot_no: string
  /** A date, or null. */
  expires_on: string | null
}
/** What a code names in the back room; several items: a person chooses. */
export type GoodsRead = {
  items: Item[]
  lot_no: string
  expires_on: string | null
  /** As the code itself says; null when it says nothing. */
  quantity_milli: number | null
}
export type ExpiringLot = {
  item: Item
  lot_no: string
  expires_on: string
  /** 0 on its last day, below 0 when it is beyond. */
  days_left: number
  quantity_milli: number
  /** Whether sales that named no lot were taken off it. */
  is_assumed: boolean
}
/** `last` is sent back when these labels hang. */
export type PriceChanges = { last: { version: number; item_id: number } | null; items: Item[] }
/** How much of each kind of work waits. */
export type Today = {
  to_receive: number
  to_ship: number
  expiring: number
  expired: number
  price_changes: number
  open_counts: number
  held_tickets: number
  declined_refunds: number
}
export type PurchaseOrder = {
  purchase_order_no: string
  supplier_no: string
  purpose: string
  lines: OrderLine[]
}
export type TransferOrder = {
  transfer_no: string
  source_store: string
  target_store: string
  decision: string
  lines: OrderLine[]
}
export type Orders = {
  purchase_orders: PurchaseOrder[]
  transfer_orders: TransferOrder[]
  items: Item[]
}

export type StockCount = { count_id: string; reason: string; staff_no: string; lines: number }
/** How far a count came in one aisle; without a name, the items that have no place. */
/** A transfer that can be received now, by its slip. */
export type TakenSlip = { transfer_no: string }

/** A photo that the box has now. */
export type KeptPhoto = { photo_sha256: string }

export type AisleProgress = { aisle: string; items: number; counted: number }
/** Blind: what the books say is not in it. */
export type CountLine = Names & {
  item_id: number
  unit_of_measure: UnitOfMeasure
  state: string
  lot: string
  counted_milli: number
  counted_by: string
}
export type ClosedCount = {
  count_no: number
  fact_id: string
  lines: (CountLine & { variance_milli: number })[]
}
