// What the till asks of the box about its shift and the day. Each write has a key: a repeat is one.

import type { CashMove, DayReport, ShiftReport, ShiftState } from 'kit/api-types.ts'
import { askStore, registerPath } from './store-api.ts'

export type Counted = { denomination_fen: number; pieces: number }

/** The same key, however often it is tried: nothing happens twice when an answer is lost. */
function write<Answer>(key: string, path: string, body: unknown = {}): Promise<Answer> {
  const headers = { 'idempotency-key': key }
  return askStore<Answer>(registerPath(path), { method: 'POST', body, headers })
}

export const readShift = (): Promise<ShiftState> => askStore<ShiftState>(registerPath('shift'))
export const readX = (): Promise<ShiftReport> => askStore<ShiftReport>(registerPath('shift/x'))
export const printX = (key: string): Promise<void> => write(key, 'shift/x/print')
export const openShift = (key: string, float_fen: number): Promise<ShiftState> =>
  write(key, 'shift/open', { float_fen })
export const closeShift = (key: string, counts: Counted[]): Promise<ShiftReport> =>
  write(key, 'shift/close', { counts })
export const closeDay = (key: string): Promise<DayReport> => write(key, 'day/close')

export type MoveCash = { move: CashMove; amount_fen: number; reason: string }
export const moveCash = (key: string, wish: MoveCash, approval_id: string | null): Promise<void> =>
  write(key, 'shift/cash', { ...wish, approval_id })
export const openDrawer = (key: string, approval_id: string | null): Promise<void> =>
  write(key, 'drawer', { reason: 'change', approval_id })
