// What the box and the hub say over HTTP and WebSocket, by hand, name for name as their models.
//
// Money is whole fen, quantity whole thousandths of the unit of measure (milli), an instant ISO 8601
// in UTC, a business date YYYY-MM-DD. None of them is ever a fraction.

import type { AlarmRow } from './alarm-types.ts'
import type { Device, Item, Receipt } from './box-types.ts'

export type * from './box-types.ts'
export type * from './counter-types.ts'
export type * from './device-types.ts'

/** A broken rule, or a fault that a person can act on. `code` is for ever, the sentences are not. */
export type Refusal = {
  code: string
  detail: string
  detail_zh: string
  /** What somebody else would have to allow; null or absent when nobody can. */
  approval?: WantedApproval | null
  /** What a person can answer about a scanned code; null or absent when there is nothing to ask. */
  question?: CodeQuestion | null
}
/** No items: the goods may be sold as an open item. */
export type CodeQuestion = { code: string; symbology: string; item_ids: number[] }
export type WantedApproval = { right: string; amounts: Record<string, number> }

export type Names = { name: string; name_en: string }
export type UnitOfMeasure = 'piece' | 'kg'

// --- The hub -----------------------------------------------------------------------------------

/** How fresh the figures beside it are. */
export type AsOf = {
  applied_at: string | null
  /** Accepted by the hub, not yet in the figures. */
  facts_behind: number
  oldest_store_heard_at: string | null
}

export type Listing<Row> = { rows: Row[]; total: number; as_of: AsOf }

export type Session = {
  user_name: string
  display_name: string
  role: string
  role_name: string
  role_name_en: string
  rights: string[]
  /** What is shown beyond the ordinary: cost, margin, member_data. */
  fields: string[]
  reach: string
  /** Nothing else is answered before. */
  must_change_password: boolean
}

export type DaySales = { business_date: string; amount_fen: number }

export type Overview = {
  business_date: string | null
  sales_fen: number
  tickets: number
  average_ticket_fen: number
  /** Figures of cost and margin are absent for who may not see them. */
  margin_fen?: number
  /** Margin per 10,000 of net sales. */
  margin_rate_bp?: number
  stores_total: number
  stores_fresh: number
  parked: number
  quarantined: number
  in_transit_fen?: number
  in_transit_transfers: number
  sales_by_day: (DaySales & { tickets: number })[]
  top_stores: (Names & { store: string; amount_fen: number })[]
  as_of: AsOf
}

export type StoreFreshness = 'fresh' | 'late' | 'silent' | 'never'

export type StoreRow = Names & {
  store: string
  city: string
  zone: string
  state: StoreFreshness
  last_heard_at: string | null
  age_s: number | null
  journal_seq: number
  durable_seq: number
  applied_seq: number
  unsent: number
  parked: number
  quarantined: number
  last_business_date: string | null
  /** Of `last_business_date`; absent for who may not see sales. */
  sales_fen?: number
}

export type StockState = 'sellable' | 'damaged' | 'display' | 'quarantine'

export type StockRow = Names & {
  store: string
  store_name: string
  store_name_en: string
  item_id: number
  sku: string
  state: StockState
  lot: string
  quantity_milli: number
  value_fen?: number
}

/** `sums` are those of the whole query, not of the page. */
export type StockListing = Listing<StockRow> & {
  sums: { quantity_milli: number; value_fen?: number }
}

export type TransferState = 'drafted' | 'approved' | 'in_transit' | 'received' | 'cancelled'

export type TransferLine = Names & {
  item_id: number
  sku: string
  ordered_milli: number
  shipped_milli: number
  received_milli: number
  settled_milli: number
  in_transit_milli: number
  in_transit_fen?: number
}

export type TransferRow = {
  transfer_no: string
  source_store: string
  source_name: string
  target_store: string
  target_name: string
  state: TransferState
  created_at: string
  created_by: string
  approved_at: string | null
  approved_by: string | null
  /** The first shipment and the last receipt, by the boxes' clocks. */
  shipped_at: string | null
  received_at: string | null
  lines: TransferLine[]
}

export type DiscrepancyKind = 'shipment_unknown' | 'received_more' | 'received_less' | 'overdue'

export type Discrepancy = {
  kind: DiscrepancyKind
  missing_milli: number
  surplus_milli: number
  value_fen?: number
  since: string | null
  transfer: TransferRow
}

export type TransferBoard = {
  states: { state: TransferState; transfers: number }[]
  in_transit: { transfers: number; quantity_milli: number; value_fen?: number }
  discrepancies: Discrepancy[]
  as_of: AsOf
}

export type TransferDraft = {
  source_store: string
  target_store: string
  lines: { item_id: number; quantity_milli: number }[]
}

export type AccountName = Names & { account_code: string; side: 'debit' | 'credit' }

/** A balance stands on the side that it really has. */
export type LedgerTotals = {
  opening_debit_fen: number
  opening_credit_fen: number
  debit_fen: number
  credit_fen: number
  closing_debit_fen: number
  closing_credit_fen: number
}

/** `balance_fen` is the closing, above zero on the account's normal side. */
export type AccountRow = AccountName & LedgerTotals & { balance_fen: number }

export type CardLine = {
  business_date: string
  period: string
  entry_store: string
  store: string
  epoch: number
  seq: number
  line_no: number
  kind: string
  register_no: string
  receipt_no: number | null
  document_no: string
  debit_fen: number
  credit_fen: number
  /** After this line, above zero on the account's normal side. */
  balance_fen: number
}

/** `sums` are those of the whole query, the rest is of the rows. */
export type LedgerCard = Listing<CardLine> & {
  account: AccountName
  sums: {
    lines: number
    opening_fen: number
    debit_fen: number
    credit_fen: number
    closing_fen: number
  }
  brought_forward_fen: number
  block_debit_fen: number
  block_credit_fen: number
}

export type TrialBalance = Listing<AccountRow> & {
  totals: LedgerTotals
  /** All zero when the books are right. */
  checks: {
    stock_vs_gl_fen: number
    in_transit_vs_gl_fen: number
    payables_vs_gl_fen: number
    uninvoiced_vs_gl_fen: number
    unbalanced_entries: number
  }
}

export type SalesFigures = {
  tickets: number
  quantity_milli: number
  amount_fen: number
  tax_fen: number
  net_fen: number
  discount_fen: number
  cost_fen?: number
  margin_fen?: number
}

export type SalesRow = Names & SalesFigures & { store: string; business_date: string }

/** `by_day` and `totals` are those of the whole query, not of the page. */
export type SalesListing = Listing<SalesRow> & { by_day: DaySales[]; totals: SalesFigures }

/** What became of a fact at the hub. */
export type FactState = 'posted' | 'parked' | 'waiting'

/** What cannot be read of a fact is null or empty. */
export type FactRow = {
  store: string
  epoch: number
  seq: number
  kind: string
  state: FactState
  business_date: string | null
  wall_at: string | null
  received_at: string
  staff_no: string
  register_no: string
  receipt_no: number | null
  document_no: string
  amount_fen: number | null
  fact_id: string | null
}

/** `next_page` is asked for with `before`. */
export type FactListing = {
  rows: FactRow[]
  next_page: string | null
  /** Kept, but not found by a search yet. */
  not_indexed: number
  as_of: AsOf
}

/** A code that tills scanned and no item has, all stores together. */
export type UnknownCode = {
  scanned_code: string
  times: number
  stores: number
  last_store: string
  last_date: string
  /** What a cashier called the goods last; empty when nobody did. */
  name: string
  unit_price_fen: number
  /** Of an item that has the code by now; null: somebody has to make one. */
  item_id: number | null
}
export type UnknownCodeListing = { rows: UnknownCode[]; as_of: AsOf }

/** A value of a fact's payload, under the name that it has on the wire. */
export type Plain = number | string | boolean | null | Plain[] | { [name: string]: Plain }

export type ItemNames = Names & { sku: string; unit_of_measure: string }

export type MovementRow = Names & {
  line_no: number
  state: StockState
  item_id: number
  sku: string
  lot: string
  quantity_milli: number
  cost_fen?: number
}

export type EntryRow = Names & {
  line_no: number
  entry_store: string
  account_code: string
  transfer_no: string
  debit_fen: number
  credit_fen: number
}

export type FactDetail = Omit<FactRow, 'receipt_no' | 'document_no' | 'amount_fen'> & {
  store_name: string
  store_name_en: string
  receive_no: number
  schema_version: number
  box_id: string
  boot_id: string
  monotonic_ms: number
  payload: { [name: string]: Plain }
  unknown_fields: number[]
  items: Record<string, ItemNames>
  receipt: Receipt | null
  movements: MovementRow[]
  entry?: EntryRow[]
  causes: FactRow[]
  missing_causes: string[]
  effects: FactRow[]
  posting: { apply_no: number; period: string; document_version: number } | null
  parking: { reason_code: string; detail: string; parked_at: string } | null
  body_bytes: number
  /** The first bytes, in hexadecimal. */
  body_head?: string
  head: string
  as_of: AsOf
}

export type BoxRow = {
  box_id: string
  epoch: number
  state: 'active' | 'replaced' | 'revoked'
  enrolled_at: string
  durable_seq: number
  applied_seq: number
}

export type ParkedRow = {
  epoch: number
  seq: number
  kind: string
  reason_code: string
  detail: string
  parked_at: string
}

export type QuarantinedRow = {
  box_id: string
  reason_code: string
  size_bytes: number
  times: number
  is_kept: boolean
  first_at: string
  last_at: string
}

/** A scanner, scale or printer of a store; words that the hub does not know are empty. */
export type DeviceRow = {
  device_id: string
  driver: string
  role: string
  state: '' | Device['state']
  health_code: string
  register_no: string
  since: string
}

export type StoreDetail = {
  row: StoreRow
  legal_entity: string
  boxes: BoxRow[]
  hello: {
    box_id: string
    epoch: number
    tail_seq: number
    believed_durable_seq: number
    software_version: string
    /** The box's clock less the hub's. */
    clock_offset_ms: number
    is_clock_wrong: boolean
  } | null
  /** Those that are not well first; empty when the box does not tell. */
  devices: DeviceRow[]
  parked: ParkedRow[]
  quarantined: QuarantinedRow[]
  days?: (DaySales & { tickets: number })[]
  facts?: FactRow[]
  as_of: AsOf
}

/** What each read of the hub answers, by its path under /api/v1. */
export type HubReads = {
  '/session': Session
  '/overview': Overview
  '/alarms': Listing<AlarmRow>
  '/stores': Listing<StoreRow>
  '/stores/{store}': StoreDetail
  '/facts': FactListing
  '/unknown-codes': UnknownCodeListing
  '/facts/{store}/{epoch}/{seq}': FactDetail
  '/stock': StockListing
  '/items': Listing<Item>
  '/transfers': Listing<TransferRow>
  '/transfers/board': TransferBoard
  '/trial-balance': TrialBalance
  '/ledger/{account_code}': LedgerCard
  '/sales': SalesListing
}
