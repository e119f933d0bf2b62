// What the tender dialog has been told so far, and what Enter would do with it. Shows, never decides:
// the box checks the tenders and gives the change.

import type { Tender, TenderKind, TillRules } from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal } from 'kit/decimal.ts'

/** Tenders that a cashier enters. */
export const TENDER_KINDS: TenderKind[] = ['cash', 'card']

/** `wallet`: the customer's pay code says whose it is, and the provider charges it. */
export type EntryKind = TenderKind | 'wallet'

export type TenderEntry = { taken: Tender[]; kind: EntryKind; typed: string }

export const EMPTY_ENTRY: TenderEntry = { taken: [], kind: 'cash', typed: '' }

const NO_ROUNDING = 0

export type TenderPlan = {
  remaining_fen: number
  /** Dropped when cash pays the rest. */
  rounding_fen: number
  /** Of the tender being typed; an empty field means exactly what remains. */
  given_fen: number
  change_fen: number
  /** pay: it is enough. add: a part, the rest by another tender. Else Enter does nothing. */
  next: 'pay' | 'add' | 'scan' | 'too_much' | 'nothing'
}

/** What a store's cashier can choose from. */
export function kindsOf(rules: TillRules): EntryKind[] {
  return [...TENDER_KINDS, ...(rules.has_wallet_gateway ? WALLET : BY_HAND)]
}
const WALLET: EntryKind[] = ['wallet']
const BY_HAND: EntryKind[] = ['wechat', 'alipay']

function nextOf(kind: EntryKind, givenFen: number, remainingFen: number): TenderPlan['next'] {
  if (givenFen > remainingFen && kind !== 'cash') return 'too_much'
  if (kind === 'wallet' && remainingFen > 0) return 'scan'
  if (givenFen >= remainingFen) return 'pay'
  return givenFen > 0 ? 'add' : 'nothing'
}

/** Cash is rounded as the box does it: what it pays of the ticket, never below the unit. */
function roundingOf(entry: TenderEntry, restFen: number, unitFen: number): number {
  const cashFen = entry.taken
    .filter(({ kind }) => kind === 'cash')
    .reduce((sum, { amount_fen }) => sum + amount_fen, 0)
  const byCashFen = restFen + cashFen
  return entry.kind === 'cash' && unitFen > 0 && byCashFen >= unitFen ? byCashFen % unitFen : 0
}

/** `dueFen`: what is left after payments by code. */
export function planTender(
  entry: TenderEntry,
  dueFen: number,
  roundingUnitFen = NO_ROUNDING,
): TenderPlan {
  const takenFen = entry.taken.reduce((sum, tender) => sum + tender.amount_fen, 0)
  const restFen = Math.max(0, dueFen - takenFen)
  const roundingFen = roundingOf(entry, restFen, roundingUnitFen)
  const remainingFen = Math.max(0, restFen - roundingFen)
  const givenFen = entry.typed === '' ? remainingFen : (parseDecimal(entry.typed, FEN_DIGITS) ?? 0)
  return {
    remaining_fen: remainingFen,
    rounding_fen: roundingFen,
    given_fen: givenFen,
    change_fen: entry.kind === 'cash' ? Math.max(0, givenFen - remainingFen) : 0,
    next: nextOf(entry.kind, givenFen, remainingFen),
  }
}

/** The tenders to pay with: those taken before and the one being typed. */
export function tendersOf(entry: TenderEntry, plan: TenderPlan): Tender[] {
  if (entry.kind === 'wallet') return entry.taken
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

export type Charge = { amount_fen: number; tenders: Tender[] }

/**
 * What a scanned pay code is charged. An amount typed as cash or card was handed over, and the code
 * pays the rest; typed as wallet it is the part that the code pays.
 */
export function chargeOf(entry: TenderEntry, dueFen: number): Charge {
  const takenFen = entry.taken.reduce((sum, tender) => sum + tender.amount_fen, 0)
  const typedFen = parseDecimal(entry.typed, FEN_DIGITS) ?? 0
  if (entry.kind === 'wallet') {
    const isPart = typedFen > 0 && typedFen < dueFen - takenFen
    return { amount_fen: typedFen, tenders: isPart ? [] : entry.taken }
  }
  const given = typedFen > 0 ? [{ kind: entry.kind, amount_fen: typedFen }] : []
  return { amount_fen: 0, tenders: [...entry.taken, ...given] }
}

/** A pay code that a scanner types as a keyboard; the box checks whose it is. */
export function isPayCode(typed: string): boolean {
  return /^(1[0-5]\d{16}|(2[5-9]|30)\d{14,22})$/.test(typed)
}

/** A banknote put down: it adds to what was already given. */
export function addNote(typed: string, noteYuan: number): string {
  const sumFen = (parseDecimal(typed, FEN_DIGITS) ?? 0) + noteYuan * 100
  const fraction = sumFen % 100
  const yuan = (sumFen - fraction) / 100
  return fraction === 0 ? String(yuan) : `${yuan}.${String(fraction).padStart(2, '0')}`
}
