// How many, typed before a code or a name: 3*code. Pure.

import { ONE_PIECE_MILLI } from './till-actions.ts'

/** As the box takes it: nobody means a thousand of what is scanned once. */
const TYPED = /^([1-9]\d{0,2})\*(.*)$/s

export type TypedQuantity = { quantity_milli: number; rest: string }

/** Without a number before a star it is one, of all that was typed. */
export function readQuantity(text: string): TypedQuantity {
  const match = TYPED.exec(text.trim())
  if (!match) return { quantity_milli: ONE_PIECE_MILLI, rest: text.trim() }
  return { quantity_milli: Number(match[1]) * ONE_PIECE_MILLI, rest: (match[2] ?? '').trim() }
}

/** How many the next scan is, when nothing but a number and a star was typed; null else. */
export function waitingQuantity(text: string): number | null {
  const { quantity_milli, rest } = readQuantity(text)
  return rest === '' && text.trim() !== '' ? quantity_milli : null
}
