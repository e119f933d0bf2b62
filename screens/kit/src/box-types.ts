// What the box says to a register and to the store's pages, name for name as its models.

import type { Names, Refusal, UnitOfMeasure } from './api-types.ts'
import type { BackLine } from './counter-types.ts'

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
  /** `lot_no|YYYY-MM-DD` as read of the goods; empty, or missing at headquarters, without one. */
  lot?: string
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

export type TenderKind = 'cash' | 'card' | WalletKind
/** Charged by the customer's pay code, or entered by hand where no provider charges it. */
export type WalletKind = 'wechat' | 'alipay'

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
  /** Dropped in the customer's favour; below 0 when a return takes it back. */
  rounding_fen: number
  change_fen: number
}

export type Device = {
  device_id: string
  /** Its driver, such as `toledo8217`. */
  kind: string
  role: string
  state: 'absent' | 'opening' | 'ready' | 'degraded' | 'fault'
  /** What it needs of a person, such as `paper_out`; empty while all is well. */
  health_code: string
  /** Why it is not well, English, for IT. */
  text: string
  register_no: string | null
  /** What it can besides, such as `tare`. */
  capabilities: string[]
}

/** What the register's scale shows; `weight_mg` only with a state that has one. */
export type Weight = { state: string; weight_mg: number | null; is_net: boolean }

export type Status = {
  /** The line from the box to headquarters; the box's own socket is the page's to watch. */
  line: 'online' | 'offline'
  /** Code of why nothing is uploaded although there is a line; empty while all is well. */
  line_stopped_reason: string
  unacknowledged_facts: number
  oldest_unacknowledged_at: string | null
  devices: Device[]
  /** Of the whole store: any register can take them up. */
  held_tickets: number
  journal_ok: boolean
  /** Features that headquarters left out for this store, by the names of rights. */
  rights_off: string[]
}

/** An item as a key or a search result. `unit_price_fen` is null while it has no price here. */
export type Item = Names & {
  /** In the chain's planogram; empty: none. */
  shelf_place?: string
  item_id: number
  sku: string
  gtins: string[]
  unit_of_measure: UnitOfMeasure
  unit_price_fen: number | null
}

/** A payment that binds the open ticket: asked of the provider, or paid. */
export type WalletPayment = {
  payment_no: string
  kind: WalletKind
  amount_fen: number
  state: 'asked' | 'paid'
  asked_at: string
}

export type TillRules = {
  /** Cash is rounded down to it; 0: not at all. */
  cash_rounding_fen: number
  /** Whether pay codes are charged; else wallets are entered by hand. */
  has_wallet_gateway: boolean
}

export type RegisterState = {
  /** Whether what is done here is practice and reaches nobody. */
  is_training: boolean
  store: string
  store_name: string
  store_name_en: string
  register_no: string
  /** Who is there for this screen; empty: it asks for a PIN or a card. */
  staff_no: string
  /** The same for the role of who is there. */
  rights_off: string[]
  /** Whether headquarters lists people for this store; otherwise nobody signs in. */
  is_staffed: boolean
  /** Whether somebody answers for the drawer. */
  has_shift: boolean
  business_date: string
  lines: Line[]
  totals: Totals
  status: Status
  /** Null: the register has no scale. */
  weight: Weight | null
  quick_keys: Item[]
  last_receipt: Receipt | null
  /** Of the open ticket; its lines do not change while there are some. */
  payments: WalletPayment[]
  till: TillRules
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
export type WeightShown = Numbered & { kind: 'weight_shown'; weight: Weight }
/** A receipt's code was read by a scanner: goods come back. */
export type SaleScanned = Numbered & { kind: 'sale_scanned'; code: string }
export type PaymentsChanged = Numbered & { kind: 'payments_changed'; payments: WalletPayment[] }
/** A code was read while a page takes the scans; nothing was done with it. */
export type CodeScanned = Numbered & { kind: 'code_scanned'; code: string; symbology: string }
/** A customer's pay code was read: it is charged for what is due. */
export type PayCodeScanned = Numbered & { kind: 'pay_code_scanned'; code: string }
export type RegisterEvent =
  | TicketChanged
  | TicketClosed
  | NoticeShown
  | SaleScanned
  | StatusChanged
  | WeightShown
  | PaymentsChanged
  | PayCodeScanned
  | CodeScanned

export type HeldTicket = {
  held_id: string
  register_no: string
  staff_no: string
  held_at: string
  lines: Line[]
  totals: Totals
}

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
  /** `item_id`: chosen of several that the code may name. */
  scan: { code: string; symbology?: string; item_id?: number; quantity_milli?: number }
  sell_open_item: {
    code: string
    symbology: string
    unit_price_fen: number
    tax_rate_id: string
    goods_name: string
  }
  add_item: { item_id: number; quantity_milli: number }
  set_quantity: { line_id: number; quantity_milli: number }
  set_price: { line_id: number; unit_price_fen: number }
  set_discount: { line_id: number; discount_fen: number }
  discount_ticket: { discount_fen: number }
  remove_line: { line_id: number; reason?: string }
  clear_ticket: { reason: string }
  hold_ticket: Record<string, never>
  recall_ticket: { held_id: string }
  exchange: { back: BackLine[]; tenders: Tender[] }
  pay: { tenders: Tender[] }
  /** Amount 0: all that is due beside the tenders. */
  pay_by_code: { pay_code: string; amount_fen: number; tenders: Tender[] }
  take_back_payment: { payment_no: string }
}
export type CommandName = keyof CommandArguments
export type Command = {
  [Name in CommandName]: {
    kind: 'command'
    command_id: string
    name: Name
    approval_id: string | null
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
export type TakeScans = { kind: 'take_scans'; is_on: boolean }
export type NextQuantity = { kind: 'next_quantity'; quantity_milli: number }
export type RegisterMessage = Hello | Command | TakeScans | NextQuantity | { kind: 'ping' }
