// What the box and the hub say over HTTP and WebSocket, by hand, name for name as their models.
//
// Money is whole fen, quantity whole thousandths of the unit of measure (milli), an instant ISO 8601
// in UTC, a business date YYYY-MM-DD. None of them is ever a fraction.

/** A broken rule, or a fault that a person can act on. `code` is for ever, the sentences are not. */
export type Refusal = { code: string; detail: string; detail_zh: string }

export type Names = { name: string; name_en: string }
export type UnitOfMeasure = 'piece' | 'kg'

// --- The box -----------------------------------------------------------------------------------

export type Line = Names & {
  line_id: number
  item_id: number
  scanned_code: string
  unit_of_measure: UnitOfMeasure
  quantity_milli: number
  list_price_fen: number
  unit_price_fen: number
  discount_fen: number
  amount_fen: number
}

export type Totals = {
  line_count: number
  quantity_milli: number
  gross_fen: number
  discount_fen: number
  /** Due, tax included. */
  amount_fen: number
  tax_fen: number
}

export type TenderKind = 'cash' | 'card'

/** What the customer hands over. Change is given on cash only. */
export type Tender = { kind: TenderKind; amount_fen: number }

export type ReceiptTender = { kind: TenderKind; amount_fen: number; given_fen: number }

export type Receipt = {
  receipt_no: number
  fact_id: string
  sold_at: string
  business_date: string
  store: string
  store_name: string
  store_name_en: string
  register_no: string
  staff_no: string
  lines: Line[]
  totals: Totals
  tenders: ReceiptTender[]
  change_fen: number
}

export type Device = { device_id: string; kind: string; state: string; register_no: string | null }

export type Status = {
  /** The line from the box to headquarters; the box's own socket is the page's to watch. */
  line: 'online' | 'offline'
  /** Code of why nothing is uploaded although there is a line; empty while all is well. */
  line_stopped_reason: string
  unacknowledged_facts: number
  oldest_unacknowledged_at: string | null
  devices: Device[]
  journal_ok: boolean
}

/** An item as a key or a search result. `unit_price_fen` is null while it has no price here. */
export type Item = Names & {
  item_id: number
  sku: string
  gtins: string[]
  unit_of_measure: UnitOfMeasure
  unit_price_fen: number | null
}

export type RegisterState = {
  store: string
  store_name: string
  store_name_en: string
  register_no: string
  /** Who is there for this screen; empty: it asks for a PIN or a card. */
  staff_no: string
  /** Whether headquarters lists people for this store; otherwise nobody signs in. */
  is_staffed: boolean
  business_date: string
  lines: Line[]
  totals: Totals
  status: Status
  quick_keys: Item[]
  last_receipt: Receipt | null
}

export type Notice = Refusal & { level: 'error' | 'warning' }

/** Place of a message in what the box told this register; a gap or a new generation needs a snapshot. */
type Numbered = { generation: string; sequence: number }

export type Snapshot = Numbered & { kind: 'snapshot'; state: RegisterState }
export type TicketChanged = Numbered & {
  kind: 'ticket_changed'
  /** Changed or new lines only. */
  lines: Line[]
  removed_line_ids: number[]
  totals: Totals
  hot_line_id: number | null
}
export type TicketClosed = Numbered & { kind: 'ticket_closed'; receipt: Receipt }
export type NoticeShown = Numbered & { kind: 'notice'; notice: Notice }
export type StatusChanged = Numbered & { kind: 'status_changed'; status: Status }
export type RegisterEvent = TicketChanged | TicketClosed | NoticeShown | StatusChanged

export type CommandResult = {
  kind: 'result'
  command_id: string
  outcome: 'done' | 'refused'
  refusal: Refusal | null
  receipt: Receipt | null
}
export type HelloRefused = Refusal & { kind: 'refused' }
export type BoxMessage = Snapshot | RegisterEvent | CommandResult | HelloRefused | { kind: 'pong' }

/** The arguments of each command, by its name. */
export type CommandArguments = {
  scan: { code: string }
  add_item: { item_id: number; quantity_milli: number }
  set_quantity: { line_id: number; quantity_milli: number }
  remove_line: { line_id: number }
  clear_ticket: Record<string, never>
  pay: { tenders: Tender[] }
}
export type CommandName = keyof CommandArguments
export type Command = {
  [Name in CommandName]: {
    kind: 'command'
    command_id: string
    name: Name
    arguments: CommandArguments[Name]
  }
}[CommandName]
export type Hello = {
  kind: 'hello'
  register_no: string
  token: string
  generation: string | null
  sequence: number | null
}
export type RegisterMessage = Hello | Command | { kind: 'ping' }

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
  lines: TransferLine[]
}

export type TransferDraft = {
  source_store: string
  target_store: string
  lines: { item_id: number; quantity_milli: number }[]
}

export type AccountRow = Names & {
  account_code: string
  side: 'debit' | 'credit'
  debit_fen: number
  credit_fen: number
  balance_fen: number
}

export type TrialBalance = Listing<AccountRow> & {
  totals: { debit_fen: number; credit_fen: number }
  /** All zero when the books are right. */
  checks: { stock_vs_gl_fen: number; in_transit_vs_gl_fen: number; unbalanced_entries: number }
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

/** What each read of the hub answers, by its path under /api/v1. */
export type HubReads = {
  '/session': Session
  '/overview': Overview
  '/stores': Listing<StoreRow>
  '/stock': StockListing
  '/items': Listing<Item>
  '/transfers': Listing<TransferRow>
  '/trial-balance': TrialBalance
  '/sales': SalesListing
}
