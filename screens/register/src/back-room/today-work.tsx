// What needs somebody today, as one list; each line leads to where it is done.

import type { Today } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { RefusalLine, useAsked } from './parts.tsx'

export type WorkName = 'today' | 'orders' | 'count' | 'correction' | 'request' | Returned | Shelf
type Returned = 'supplier_return'
type Shelf = 'expiring' | 'labels'

/** In the order in which a store is opened. Null: done at the till. */
const LINES: { what: keyof Today; work: WorkName | null }[] = [
  { what: 'declined_refunds', work: null },
  { what: 'expired', work: 'expiring' },
  { what: 'expiring', work: 'expiring' },
  { what: 'to_receive', work: 'orders' },
  { what: 'to_ship', work: 'orders' },
  { what: 'price_changes', work: 'labels' },
  { what: 'open_counts', work: 'count' },
  { what: 'held_tickets', work: null },
]

export function TodayWork({ onOpen }: { onOpen: (work: WorkName) => void }) {
  const { t } = useTexts()
  const { answer: today, refusal } = useAsked<Today>('today')
  if (refusal) return <RefusalLine refusal={refusal} />
  if (!today) return <p aria-busy>{t('app.loading')}</p>
  const waiting = LINES.filter(({ what }) => today[what] > 0)
  return (
    <div className="held-list" role="group" aria-label={t('today.title')}>
      {waiting.length === 0 ? <p className="ok">{t('today.nothing')}</p> : null}
      {waiting.map(({ what, work }) => (
        <button
          key={what}
          type="button"
          className="held-row"
          disabled={work === null}
          onClick={() => work && onOpen(work)}
        >
          <span>{t(`today.${what}`)}</span>
          <b>{today[what]}</b>
        </button>
      ))}
    </div>
  )
}
