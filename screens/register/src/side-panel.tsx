// The money: totals, the amount due, and the two keys that end a ticket.

import {
  CheckCircleFilled,
  DeleteOutlined,
  FileTextOutlined,
  PayCircleOutlined,
} from '@ant-design/icons'
import { Button } from 'antd'
import type { Receipt, RegisterState, Totals } from 'kit/api-types.ts'
import { formatFen, formatInstant, formatMilli } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { memo } from 'react'
import { ScaleDisplay, scaleCommands } from './scale-display.tsx'
import type { TillActions } from './till-actions.ts'
import { TillFunctions, type TillFunction } from './till-functions.tsx'

type SidePanelProps = {
  state: RegisterState
  isReceiptShown: boolean
  functions: TillFunction[]
  actions: TillActions
}

function TotalsList({ totals }: { totals: Totals }) {
  const { t } = useTexts()
  const rows = [
    [t('side.count'), `${totals.line_count} / ${formatMilli(totals.quantity_milli)}`],
    [t('side.gross'), formatFen(totals.gross_fen)],
    [t('side.discount'), formatFen(-totals.discount_fen)],
    [t('side.tax'), formatFen(totals.tax_fen)],
  ]
  return (
    <div className="totals">
      {rows.map(([label, value]) => (
        <div key={label} className="spread">
          <span>{label}</span>
          <b>{value}</b>
        </div>
      ))}
    </div>
  )
}

function LastReceipt({ receipt, onShow }: { receipt: Receipt; onShow: () => void }) {
  const { t, language } = useTexts()
  return (
    <button type="button" className="last-receipt" onClick={onShow}>
      <FileTextOutlined />
      <span>
        {t('side.last_receipt')} {receipt.receipt_no}
        <small>{formatInstant(receipt.sold_at, language)}</small>
      </span>
      <b className="number">{formatFen(receipt.totals.amount_fen)}</b>
    </button>
  )
}

function PaidPanel({ receipt, onNext }: { receipt: Receipt; onNext: () => void }) {
  const { t } = useTexts()
  return (
    <aside className="panel side">
      <div className="paid">
        <CheckCircleFilled />
        <span>{t('side.paid')}</span>
        <b>{formatFen(receipt.totals.amount_fen)}</b>
      </div>
      <span className="spring" />
      <small>{t('side.change')}</small>
      <div className="due ok" role="status">
        {formatFen(receipt.change_fen)}
      </div>
      <Button type="primary" block className="pay" onClick={onNext}>
        {t('side.next_customer')} Enter
      </Button>
      <small className="centre">{t('side.next_hint')}</small>
    </aside>
  )
}

export const SidePanel = memo(function SidePanel(props: SidePanelProps) {
  const { state, isReceiptShown, functions, actions } = props
  const { t } = useTexts()
  const isEmpty = state.lines.length === 0
  const receipt = state.last_receipt
  const commands = scaleCommands(state)
  if (isReceiptShown && receipt) {
    return <PaidPanel receipt={receipt} onNext={() => actions.showReceipt(false)} />
  }
  return (
    <aside className="panel side">
      <TotalsList totals={state.totals} />
      <TillFunctions functions={functions} />
      <span className="spring" />
      {state.weight ? (
        <ScaleDisplay weight={state.weight} commands={commands} tell={actions.tell} />
      ) : null}
      {receipt && isEmpty ? (
        <LastReceipt receipt={receipt} onShow={() => actions.showReceipt(true)} />
      ) : null}
      <small>{t('side.due')}</small>
      <div className="due" role="status" aria-label={t('side.due')}>
        {formatFen(state.totals.amount_fen)}
      </div>
      <Button
        danger
        block
        className="void"
        icon={<DeleteOutlined />}
        aria-keyshortcuts="F9"
        disabled={isEmpty}
        onClick={actions.askVoid}
      >
        {t('side.void')} F9
      </Button>
      <Button
        type="primary"
        block
        className="pay"
        icon={<PayCircleOutlined />}
        aria-keyshortcuts="F12"
        disabled={isEmpty}
        onClick={actions.askTender}
      >
        {t('side.pay')} F12
      </Button>
    </aside>
  )
})
