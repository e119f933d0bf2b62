// A small till for the tests: two lines, one store, nothing waiting.

import type { Line, Receipt, RegisterState, Snapshot, Status, Totals } from 'kit/api-types.ts'

export function line(lineId: number, fields: Partial<Line> = {}): Line {
  return {
    line_id: lineId,
    item_id: 100 + lineId,
    name: '可口可乐 330ml',
    name_en: 'Coca-Cola 330 ml',
    scanned_code: '9520000000017',
    unit_of_measure: 'piece',
    quantity_milli: 1_000,
    list_price_fen: 300,
    unit_price_fen: 300,
    discount_fen: 0,
    amount_fen: 300,
    ...fields,
  }
}

export function totals(amountFen: number, lineCount: number): Totals {
  return {
    line_count: lineCount,
    quantity_milli: lineCount * 1_000,
    gross_fen: amountFen,
    discount_fen: 0,
    amount_fen: amountFen,
    tax_fen: 0,
  }
}

export const STATUS: Status = {
  line: 'online',
  line_stopped_reason: '',
  unacknowledged_facts: 0,
  oldest_unacknowledged_at: null,
  devices: [],
  held_tickets: 0,
  journal_ok: true,
  rights_off: [],
}

export const STATE: RegisterState = {
  is_training: false,
  store: 'S018',
  store_name: '长沙五一店',
  store_name_en: 'Changsha Wuyi',
  register_no: '2',
  staff_no: '1007',
  rights_off: [],
  is_staffed: false,
  has_shift: true,
  business_date: '2026-11-22',
  lines: [line(1), line(2)],
  totals: totals(600, 2),
  status: STATUS,
  weight: null,
  quick_keys: [],
  last_receipt: null,
  payments: [],
  till: { cash_rounding_fen: 0, has_wallet_gateway: true },
}

export const RECEIPT: Receipt = {
  receipt_no: 124,
  fact_id: '0198c0de-0000-7000-8000-00000000a1b2',
  sold_at: '2026-11-22T08:30:00Z',
  business_date: '2026-11-22',
  store: 'S018',
  store_name: '长沙五一店',
  store_name_en: 'Changsha Wuyi',
  register_no: '2',
  staff_no: '1007',
  lines: STATE.lines,
  totals: STATE.totals,
  tenders: [{ kind: 'cash', amount_fen: 600, given_fen: 1_000 }],
  rounding_fen: 0,
  change_fen: 400,
}

export function snapshot(sequence: number, fields: Partial<RegisterState> = {}): Snapshot {
  return { kind: 'snapshot', generation: 'g1', sequence, state: { ...STATE, ...fields } }
}
