// What the tender dialog has been told so far, and what Enter would do with it. Shows, never decides:
// the box checks the tenders and gives the change.

import type { Tender, TenderKind } from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal } from 'kit/decimal.ts'

export const TENDER_KINDS: TenderKind[] = ['cash', 'card']

export type TenderEntry = { taken: Tender[]; kind: TenderKind; typed: string }

export const EMPTY_ENTRY: TenderEntry = { taken: [], kind: 'cash', typed: '' }

export type TenderPlan = {
  remaining_fen: number
  /** Of the tender being typed; an empty field means exactly what remains. */
  given_fen: number
  change_fen: number
  /** pay: it is enough. add: a part, the rest by another tender. Else Enter does nothing. */
  next: 'pay' | 'add' | 'too_much' | 'nothing'
}

function nextOf(kind: TenderKind, givenFen: number, remainingFen: number): TenderPlan['next'] {
  if (givenFen > remainingFen && kind === 'card') return 'too_much'
  if (givenFen >= remainingFen) return 'pay'
  return givenFen > 0 ? 'add' : 'nothing'
}

export function planTender(entry: TenderEntry, dueFen: number): TenderPlan {
  const takenFen = entry.taken.reduce((sum, tender) => sum + tender.amount_fen, 0)
  const remainingFen = Math.max(0, dueFen - takenFen)
  const givenFen = entry.typed === '' ? remainingFen : (parseDecimal(entry.typed, FEN_DIGITS) ?? 0)
  return {
    remaining_fen: remainingFen,
    given_fen: givenFen,
    change_fen: entry.kind === 'cash' ? Math.max(0, givenFen - remainingFen) : 0,
    next: nextOf(entry.kind, givenFen, remainingFen),
  }
}

/** The tenders to pay with: those taken before and the one being typed. */
export function tendersOf(entry: TenderEntry, plan: TenderPlan): Tender[] {
  return [...entry.taken, { kind: entry.kind, amount_fen: plan.given_fen }]
}

/** Keep the typed part and go on with the rest; the other kind comes up, since one was not enough. */
export function takePart(entry: TenderEntry, plan: TenderPlan): TenderEntry {
  return {
    taken: tendersOf(entry, plan),
    kind: entry.kind === 'cash' ? 'card' : 'cash',
    typed: '',
  }
}

/** A banknote put down: it adds to what was already given. */
export function addNote(typed: string, noteYuan: number): string {
  const sumFen = (parseDecimal(typed, FEN_DIGITS) ?? 0) + noteYuan * 100
  const fraction = sumFen % 100
  const yuan = (sumFen - fraction) / 100
  return fraction === 0 ? String(yuan) : `${yuan}.${String(fraction).padStart(2, '0')}`
}
