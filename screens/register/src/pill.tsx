// A state in a word, with a colour.

import type { ReactNode } from 'react'

export type Tone = 'ok' | 'warning' | 'down' | 'quiet'

export function Pill({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`pill pill-${tone}`}>{children}</span>
}
