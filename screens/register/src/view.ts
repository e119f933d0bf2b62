// What the till shows, and how each word from the box changes it. Pure: no socket, no clock.

import type {
  BoxMessage,
  Line,
  Notice,
  Refusal,
  RegisterEvent,
  RegisterState,
  TicketChanged,
} from 'kit/api-types.ts'

export type LinkState = 'connecting' | 'open' | 'lost' | 'refused'

export type View = {
  link: LinkState
  /** Why the box would not have this page; set while `link` is refused. */
  refusal: Refusal | null
  /** Place of the last message; null asks for a snapshot, and until it comes no event counts. */
  generation: string | null
  sequence: number | null
  /** Null before the first snapshot. */
  state: RegisterState | null
  hot_line_id: number | null
  is_receipt_shown: boolean
  /** `number` grows with each notice, so that the same one twice is heard twice. */
  notice: (Notice & { number: number }) | null
  waiting_commands: number
  /** Code of the receipt that a scanner read last; goods come back. Null once that is dealt with. */
  scanned_sale: string | null
  /** Code that a scanner read for the work that takes the scans; null once it is dealt with. */
  scanned_code: { code: string; symbology: string } | null
  /** Pay code that a scanner read last; the customer pays. Null once that is dealt with. */
  pay_code: string | null
}

export type PageAction =
  | { kind: 'link'; link: LinkState }
  | { kind: 'waiting'; count: number }
  | { kind: 'tell'; notice: Notice }
  | { kind: 'dismiss_notice' }
  | { kind: 'show_receipt'; is_shown: boolean }
  | { kind: 'take_sale' }
  | { kind: 'take_pay_code' }
  | { kind: 'take_code' }

export const INITIAL_VIEW: View = {
  link: 'connecting',
  refusal: null,
  generation: null,
  sequence: null,
  state: null,
  hot_line_id: null,
  is_receipt_shown: false,
  notice: null,
  waiting_commands: 0,
  scanned_sale: null,
  pay_code: null,
  scanned_code: null,
}

/** Changed lines keep their place, new ones go to the end. */
function mergeLines(lines: Line[], event: TicketChanged): Line[] {
  const changed = new Map(event.lines.map((line) => [line.line_id, line]))
  const removed = new Set(event.removed_line_ids)
  const kept = lines
    .filter((line) => !removed.has(line.line_id))
    .map((line) => changed.get(line.line_id) ?? line)
  const known = new Set(lines.map((line) => line.line_id))
  return [...kept, ...event.lines.filter((line) => !known.has(line.line_id))]
}

const NO_TOTALS = {
  line_count: 0,
  quantity_milli: 0,
  gross_fen: 0,
  discount_fen: 0,
  amount_fen: 0,
  tax_fen: 0,
}

function tell(view: View, notice: Notice): View {
  return { ...view, notice: { ...notice, number: (view.notice?.number ?? 0) + 1 } }
}

function applyEvent(view: View, state: RegisterState, event: RegisterEvent): View {
  switch (event.kind) {
    case 'ticket_changed': {
      const lines = mergeLines(state.lines, event)
      const next = { ...state, lines, totals: event.totals }
      const isReceiptShown = view.is_receipt_shown && lines.length === 0
      return {
        ...view,
        state: next,
        hot_line_id: event.hot_line_id,
        is_receipt_shown: isReceiptShown,
      }
    }
    case 'ticket_closed': {
      const closed = { lines: [], totals: NO_TOTALS, payments: [] }
      const next = { ...state, ...closed, last_receipt: event.receipt }
      return { ...view, state: next, hot_line_id: null, is_receipt_shown: true, notice: null }
    }
    case 'notice':
      return tell(view, event.notice)
    case 'sale_scanned':
      return { ...view, scanned_sale: event.code }
    case 'code_scanned':
      return { ...view, scanned_code: { code: event.code, symbology: event.symbology } }
    case 'pay_code_scanned':
      return { ...view, pay_code: event.code }
    case 'payments_changed':
      return { ...view, state: { ...state, payments: event.payments } }
    case 'status_changed':
      return { ...view, state: { ...state, status: event.status } }
    case 'weight_shown':
      return { ...view, state: { ...state, weight: event.weight } }
    default:
      return view
  }
}

/** Whether the ticket that this page showed was closed while it was cut off. */
function wasPaidMeanwhile(before: RegisterState | null, after: RegisterState): boolean {
  if (before === null || before.lines.length === 0) return false
  return before.last_receipt?.fact_id !== after.last_receipt?.fact_id
}

/** A repeat changes nothing; a gap or another generation makes the view ask for a snapshot. */
function takeEvent(view: View, event: RegisterEvent): View {
  if (view.state === null || view.sequence === null) return view
  const isSameLife = event.generation === view.generation
  if (isSameLife && event.sequence <= view.sequence) return view
  if (!isSameLife || event.sequence !== view.sequence + 1) {
    return { ...view, generation: null, sequence: null }
  }
  return applyEvent({ ...view, sequence: event.sequence }, view.state, event)
}

/** Messages of a kind that this page does not know are a newer box's; they change nothing here. */
export function hearBox(view: View, message: BoxMessage): View {
  switch (message.kind) {
    case 'snapshot': {
      const { generation, sequence, state } = message
      const isShown = view.is_receipt_shown || wasPaidMeanwhile(view.state, state)
      const isReceiptShown = isShown && state.lines.length === 0
      return { ...view, generation, sequence, state, is_receipt_shown: isReceiptShown }
    }
    case 'ticket_changed':
    case 'ticket_closed':
    case 'notice':
    case 'sale_scanned':
    case 'status_changed':
    case 'weight_shown':
    case 'payments_changed':
    case 'pay_code_scanned':
    case 'code_scanned':
      return takeEvent(view, message)
    case 'refused': {
      const { code, detail, detail_zh } = message
      return { ...view, link: 'refused', refusal: { code, detail, detail_zh } }
    }
    default:
      return view
  }
}

export function actOnPage(view: View, action: PageAction): View {
  switch (action.kind) {
    case 'link':
      return { ...view, link: action.link, refusal: null }
    case 'waiting':
      return { ...view, waiting_commands: action.count }
    case 'tell':
      return tell(view, action.notice)
    case 'dismiss_notice':
      return { ...view, notice: null }
    case 'show_receipt':
      return { ...view, is_receipt_shown: action.is_shown }
    case 'take_sale':
      return { ...view, scanned_sale: null }
    case 'take_code':
      return { ...view, scanned_code: null }
    case 'take_pay_code':
      return { ...view, pay_code: null }
  }
}
