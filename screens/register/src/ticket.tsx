// The lines of the open ticket. A row is drawn again only when its own line changes.

import { CloseOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { Line } from 'kit/api-types.ts'
import { formatFen, formatLot, formatQuantity } from 'kit/format.ts'
import { ItemTile } from 'kit/item-tile.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { memo, useEffect, useRef } from 'react'
import { ONE_PIECE_MILLI, type TillActions } from './till-actions.ts'

type RowProps = {
  line: Line
  isSelected: boolean
  actions: TillActions
  onSelect: (lineId: number) => void
}

function QuantityCell({ line, actions }: Pick<RowProps, 'line' | 'actions'>) {
  const { t, nameOf } = useTexts()
  const name = nameOf(line)
  const quantity = formatQuantity(line.quantity_milli, line.unit_of_measure)
  const quantityButton = (
    <button
      type="button"
      className="quantity"
      aria-label={`${quantity} · ${t('ticket.set_quantity', { name })}`}
      onClick={() => actions.askQuantity(line)}
    >
      {quantity}
    </button>
  )
  // A weight is weighed or typed, not counted up.
  if (line.unit_of_measure === 'kg') return <div className="ticket-quantity">{quantityButton}</div>
  return (
    <div className="ticket-quantity">
      <Button
        icon={<MinusOutlined />}
        aria-label={t('ticket.fewer', { name })}
        disabled={line.quantity_milli <= ONE_PIECE_MILLI}
        onClick={() => actions.step(line, -ONE_PIECE_MILLI)}
      />
      {quantityButton}
      <Button
        icon={<PlusOutlined />}
        aria-label={t('ticket.more', { name })}
        onClick={() => actions.step(line, ONE_PIECE_MILLI)}
      />
    </div>
  )
}

const TicketRow = memo(function TicketRow({ line, isSelected, actions, onSelect }: RowProps) {
  const { t, nameOf } = useTexts()
  const row = useRef<HTMLDivElement>(null)
  const name = nameOf(line)
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected, line])
  return (
    <div
      ref={row}
      role="listitem"
      className="ticket-row"
      aria-current={isSelected}
      onPointerDown={() => onSelect(line.line_id)}
    >
      <ItemTile itemId={line.item_id} name={name} sizePx={44} />
      <div className="ticket-item">
        <div className="ticket-name">{name}</div>
        <div className="ticket-code">
          {line.scanned_code}
          {line.lot ? <span> · {t('ticket.lot', { lot: formatLot(line.lot) })}</span> : null}
          {line.discount_fen ? (
            <span className="ok">
              {' '}
              · {t('ticket.discount', { amount: formatFen(-line.discount_fen) })}
            </span>
          ) : null}
        </div>
      </div>
      <div className="number">
        {line.list_price_fen === line.unit_price_fen ? null : (
          <s className="quiet">{formatFen(line.list_price_fen)} </s>
        )}
        {formatFen(line.unit_price_fen)}
      </div>
      <QuantityCell line={line} actions={actions} />
      <div className="number ticket-amount">{formatFen(line.amount_fen)}</div>
      <Button
        type="text"
        icon={<CloseOutlined />}
        aria-label={t('ticket.remove', { name })}
        onClick={() => actions.remove(line)}
      />
    </div>
  )
})

function EmptyTicket() {
  const { t } = useTexts()
  const bars = [3, 1, 2, 1, 4, 1, 1, 3, 2, 1, 1, 2, 4, 1, 2, 1, 3]
  let x = 8
  return (
    <div className="ticket-empty">
      <svg width="132" height="84" viewBox="0 0 132 84" aria-hidden>
        {bars.map((width, index) => {
          const bar = <rect key={index} x={x} y="12" width={width * 2} height="60" rx="1" />
          x += width * 2 + 3
          return bar
        })}
        <path className="scan-line" d="M0 42h132" />
      </svg>
      <b>{t('ticket.empty')}</b>
      <span className="quiet">{t('ticket.keys')}</span>
    </div>
  )
}

type TicketProps = {
  lines: Line[]
  selectedLineId: number | null
  actions: TillActions
  onSelect: (lineId: number) => void
}

export const Ticket = memo(function Ticket(props: TicketProps) {
  const { lines, selectedLineId, actions, onSelect } = props
  const { t } = useTexts()
  if (lines.length === 0) return <EmptyTicket />
  return (
    <>
      <div className="ticket-head" aria-hidden>
        <span />
        <span>{t('ticket.item')}</span>
        <span className="number">{t('ticket.price')}</span>
        <span className="centre">{t('ticket.quantity')}</span>
        <span className="number">{t('ticket.amount')}</span>
        <span />
      </div>
      <div className="ticket-lines" role="list" aria-label={t('ticket.label')}>
        {lines.map((line) => (
          <TicketRow
            key={line.line_id}
            line={line}
            isSelected={line.line_id === selectedLineId}
            actions={actions}
            onSelect={onSelect}
          />
        ))}
      </div>
    </>
  )
})
