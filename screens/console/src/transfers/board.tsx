// Transfers as cards in the columns of their states.

import type { TransferBoard, TransferRow, TransferState } from 'kit/api-types.ts'
import { Age } from 'kit/ages.tsx'
import { formatCount, formatFen, formatMilli } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { setFilters } from '../route.ts'
import { TransferActions, TransferWay } from './transfer-parts.tsx'

/** Cancelled ones are found in the list; a board is for what still moves. */
const COLUMNS: TransferState[] = ['drafted', 'approved', 'in_transit', 'received']

function sumOf(transfer: TransferRow, field: 'ordered_milli' | 'in_transit_fen'): number {
  return transfer.lines.reduce((sum, line) => sum + (line[field] ?? 0), 0)
}

/** Since when it stands where it stands, as far as that is known. */
function enteredAt({
  state,
  created_at,
  approved_at,
  shipped_at,
  received_at,
}: TransferRow): string {
  const since: Partial<Record<TransferState, string | null>> = {
    approved: approved_at,
    in_transit: shipped_at ?? received_at,
    received: received_at,
  }
  return since[state] ?? created_at
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
          {formatMilli(sumOf(transfer, 'ordered_milli'))} · <Age instant={enteredAt(transfer)} />
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

/** How many there are in all, also of those that are not shown; on the way, how much it is. */
function ColumnHead({ state, board }: { state: TransferState; board: TransferBoard | null }) {
  const { t } = useTexts()
  const count = board?.states.find((one) => one.state === state)?.transfers
  return (
    <h2>
      {t(`transfers.state.${state}`)} <small>{count === undefined ? '' : formatCount(count)}</small>
      {state === 'in_transit' && board && board.in_transit.transfers > 0 ? (
        <small className="column-sum">
          {formatMilli(board.in_transit.quantity_milli)}
          {board.in_transit.value_fen === undefined
            ? null
            : ` · ${formatFen(board.in_transit.value_fen)}`}
        </small>
      ) : null}
    </h2>
  )
}

type BoardProps = { rows: TransferRow[]; board: TransferBoard | null; onDone: () => void }

export function Board({ rows, board, onDone }: BoardProps) {
  const { t } = useTexts()
  return (
    <div className="board">
      {COLUMNS.map((state) => {
        const shown = rows.filter((row) => row.state === state)
        return (
          <section key={state} className={`board-column board-${state}`}>
            <ColumnHead state={state} board={board} />
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
