// What the till asks of the box about its shift and the day. Each write has a key: a repeat is one.

import type { CashMove, DayReport, ShiftReport, ShiftState } from 'kit/api-types.ts'
import { newId } from 'kit/ids.ts'
import { askStore, registerPath } from './store-api.ts'

export type Counted = { denomination_fen: number; pieces: number }

function write<Answer>(path: string, body: unknown = {}, key = newId()): Promise<Answer> {
  const headers = { 'idempotency-key': key }
  return askStore<Answer>(registerPath(path), { method: 'POST', body, headers })
}

export const readShift = (): Promise<ShiftState> => askStore<ShiftState>(registerPath('shift'))
export const readX = (): Promise<ShiftReport> => askStore<ShiftReport>(registerPath('shift/x'))
export const openShift = (float_fen: number): Promise<ShiftState> =>
  write('shift/open', { float_fen })
export const closeShift = (counts: Counted[]): Promise<ShiftReport> =>
  write('shift/close', { counts })
export const closeDay = (): Promise<DayReport> => write('day/close')

export type MoveCash = { move: CashMove; amount_fen: number; reason: string }
/** The same key, however often it is tried: cash is not moved twice when an answer is lost. */
export const moveCash = (key: string, wish: MoveCash, approval_id: string | null): Promise<void> =>
  write('shift/cash', { ...wish, approval_id }, key)
export const openDrawer = (key: string, approval_id: string | null): Promise<void> =>
  write('drawer', { reason: 'change', approval_id }, key)
