// Transfers as cards in the columns of their states.

import type { TransferRow, TransferState } from 'kit/api-types.ts'
import { Age } from 'kit/ages.tsx'
import { formatFen, formatMilli } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { setFilters } from '../route.ts'
import { TransferActions, TransferWay } from './transfer-parts.tsx'

/** Cancelled ones are found in the list; a board is for what still moves. */
const COLUMNS: TransferState[] = ['drafted', 'approved', 'in_transit', 'received']

function sumOf(transfer: TransferRow, field: 'ordered_milli' | 'in_transit_fen'): number {
  return transfer.lines.reduce((sum, line) => sum + (line[field] ?? 0), 0)
}

type CardProps = { transfer: TransferRow; onDone: () => void }

function TransferCard({ transfer, onDone }: CardProps) {
  const { t } = useTexts()
  const inTransitFen = sumOf(transfer, 'in_transit_fen')
  return (
    <li className="transfer-card">
      <button
        type="button"
        className="transfer-open"
        onClick={() => setFilters({ transfer: transfer.transfer_no })}
      >
        <b>{transfer.transfer_no}</b>
        <TransferWay transfer={transfer} />
        <span className="quiet">
          {t('transfers.lines', { count: transfer.lines.length })} ·{' '}
          {formatMilli(sumOf(transfer, 'ordered_milli'))} · <Age instant={transfer.created_at} />
        </span>
        {inTransitFen > 0 ? (
          <span className="warning">
            {t('transfers.in_transit')} {formatFen(inTransitFen)}
          </span>
        ) : null}
      </button>
      <TransferActions transfer={transfer} size="small" onDone={onDone} />
    </li>
  )
}

type BoardProps = { rows: TransferRow[]; onDone: () => void }

export function Board({ rows, onDone }: BoardProps) {
  const { t } = useTexts()
  return (
    <div className="board">
      {COLUMNS.map((state) => {
        const shown = rows.filter((row) => row.state === state)
        return (
          <section key={state} className={`board-column board-${state}`}>
            <h2>
              {t(`transfers.state.${state}`)} <small>{shown.length}</small>
            </h2>
            <ul>
              {shown.map((row) => (
                <TransferCard key={row.transfer_no} transfer={row} onDone={onDone} />
              ))}
            </ul>
            {shown.length === 0 ? <p className="quiet">{t('transfers.empty_column')}</p> : null}
          </section>
        )
      })}
    </div>
  )
}
