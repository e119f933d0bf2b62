// How far a store's journal has come: posted, kept but not posted yet, still on the box.

import type { StoreRow } from 'kit/api-types.ts'
import { formatCount } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'

export function JournalBar({ row }: { row: StoreRow }) {
  const { t } = useTexts()
  const waiting = row.durable_seq - row.applied_seq
  const parts = [
    { name: 'applied', count: row.applied_seq, label: t('store.applied') },
    { name: 'durable', count: waiting, label: t('store.durable') },
    { name: 'unsent', count: row.unsent, label: t('store.unsent') },
  ]
  const sentence = parts.map(({ label, count }) => `${label} ${formatCount(count)}`).join(', ')
  return (
    <section className="card full">
      <h2>{t('store.journal')}</h2>
      <div className="journal-bar" role="img" aria-label={sentence}>
        {parts.map(({ name, count }) => (
          // A few facts among many must still be seen.
          <span
            key={name}
            className={`journal-${name}`}
            style={{ flexGrow: count, minWidth: count > 0 ? 6 : 0 }}
          />
        ))}
      </div>
      <ul className="journal-legend">
        {parts.map(({ name, count, label }) => (
          <li key={name} className={`journal-key-${name}`}>
            {label} <b>{formatCount(count)}</b>
          </li>
        ))}
        <li>
          {t('stores.journal')} <b>{formatCount(row.journal_seq)}</b>
        </li>
      </ul>
    </section>
  )
}
