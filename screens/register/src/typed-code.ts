// Tells a scanner that types like a keyboard from a hand: it types a whole code without a pause.

import { useRef } from 'react'

/** Between two keys of one code; a hand that types this fast types no ten digits. */
const PAUSE_MS = 100
/** An amount has nine digits before the point at most. */
const AMOUNT_DIGITS_MAX = 9

type Run<State> = { digits: string; before: State; at: number }

/** What was typed without a pause: `take` answers it with the state before it, and starts anew. */
export type TypedCode<State> = {
  hear: (key: string, state: State) => void
  take: () => { code: string; before: State } | null
}

export function useTypedCode<State>(empty: State): TypedCode<State> {
  const run = useRef<Run<State>>({ digits: '', before: empty, at: 0 })
  return {
    hear: (key, state) => {
      const now = Date.now()
      const isDigit = /^\d$/.test(key)
      const isNew = now - run.current.at > PAUSE_MS || run.current.digits === ''
      if (!isDigit) run.current = { digits: '', before: state, at: now }
      else if (isNew) run.current = { digits: key, before: state, at: now }
      else run.current = { ...run.current, digits: run.current.digits + key, at: now }
    },
    take: () => {
      const { digits, before } = run.current
      run.current = { digits: '', before, at: 0 }
      return digits.length > AMOUNT_DIGITS_MAX ? { code: digits, before } : null
    },
  }
}
