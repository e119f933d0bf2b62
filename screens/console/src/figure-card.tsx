// One figure on a card: what it is, how much, and what to know about it.

import type { ReactNode } from 'react'

type FigureCardProps = {
  label: string
  value: ReactNode
  note: ReactNode
  tone?: 'warning' | 'ok' | 'bad'
}

export function FigureCard({ label, value, note, tone }: FigureCardProps) {
  return (
    <section className="card figure">
      <h2>{label}</h2>
      <div className="figure-value">{value}</div>
      <div className={`figure-note ${tone ?? 'quiet'}`}>{note}</div>
    </section>
  )
}
