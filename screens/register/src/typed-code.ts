// Tells a scanner that types like a keyboard from a hand: no amount has as many digits as a code.

import { useRef } from 'react'

/** Between two keys of one code; a longer one may be where the hand stopped and the scanner began. */
const PAUSE_MS = 100
/** An amount has nine digits before the point at most. */
const AMOUNT_DIGITS_MAX = 9
/** So many keys are remembered. */
const KEYS_MAX = 64

export type TypedDigit<State> = { digit: string; at: number; before: State }
export type FoundCode<State> = { code: string; before: State }

/**
 * The code at the end of what was typed, with what was there before it; null where it may be an amount.
 * It begins after the longest pause that leaves a code, since a busy screen hears a scanner with pauses too.
 */
export function findCode<State>(
  typed: TypedDigit<State>[],
  isCode: (digits: string) => boolean,
): FoundCode<State> | null {
  const found = typed
    .map(({ at, before }, start) => ({
      code: typed.slice(start).reduce((digits, { digit }) => digits + digit, ''),
      before,
      pauseMs: start === 0 ? 0 : at - (typed[start - 1]?.at ?? at),
      isStart: start === 0,
    }))
    .filter(({ pauseMs, isStart }) => isStart || pauseMs > PAUSE_MS)
    .filter(({ code }) => code.length > AMOUNT_DIGITS_MAX)
    .sort((one, other) => other.pauseMs - one.pauseMs)
  return found.find(({ code }) => isCode(code)) ?? found[0] ?? null
}

/** Digits as they come; any other key begins anew. `take` answers what they are, and forgets them. */
export type TypedCode<State> = {
  hear: (key: string, state: State) => void
  take: (isCode: (digits: string) => boolean) => FoundCode<State> | null
}

export function useTypedCode<State>(): TypedCode<State> {
  const typed = useRef<TypedDigit<State>[]>([])
  return {
    hear: (key, before) => {
      const isDigit = /^\d$/.test(key)
      const digit = { digit: key, at: Date.now(), before }
      typed.current = isDigit ? [...typed.current, digit].slice(-KEYS_MAX) : []
    },
    take: (isCode) => {
      const found = findCode(typed.current, isCode)
      typed.current = []
      return found
    },
  }
}
