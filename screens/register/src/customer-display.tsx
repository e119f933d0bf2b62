// What the customer sees on a second screen: each line as it is rung up, the sum, the change.

import type { RegisterState } from 'kit/api-types.ts'
import { formatFen, formatQuantity } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import './customer-display.css'
import type { View } from './view.ts'

/** As many as are read at a glance; the newest stands at the bottom. */
const LINES_SHOWN = 8

type CustomerDisplayProps = { view: View; state: RegisterState }

function Lines({ state }: { state: RegisterState }) {
  const { t, nameOf } = useTexts()
  const lines = state.lines.slice(-LINES_SHOWN)
  return (
    <ol className="display-lines" aria-label={t('display.lines')}>
      {lines.map((line) => (
        <li key={line.line_id}>
          <span>{nameOf(line)}</span>
          <small>
            {formatQuantity(line.quantity_milli, line.unit_of_measure)} ×{' '}
            {formatFen(line.unit_price_fen)}
          </small>
          <b>{formatFen(line.amount_fen)}</b>
        </li>
      ))}
    </ol>
  )
}

/** What stands in big figures: what is due, or what was paid and comes back. */
function Sum({ view, state }: CustomerDisplayProps) {
  const { t } = useTexts()
  const receipt = state.last_receipt
  if (state.lines.length > 0) {
    return (
      <div className="display-sum" role="status" aria-label={t('side.due')}>
        <small>{t('side.due')}</small>
        <b>{formatFen(state.totals.amount_fen)}</b>
      </div>
    )
  }
  if (view.is_receipt_shown && receipt) {
    return (
      <div className="display-sum" role="status" aria-label={t('side.change')}>
        <small>
          {t('side.paid')} {formatFen(receipt.totals.amount_fen - receipt.rounding_fen)}
        </small>
        <b>
          {t('side.change')} {formatFen(receipt.change_fen)}
        </b>
        <small>{t('receipt.thanks')}</small>
      </div>
    )
  }
  return (
    <div className="display-sum">
      <b>{t('display.welcome')}</b>
    </div>
  )
}

export function CustomerDisplay({ view, state }: CustomerDisplayProps) {
  const { nameOf } = useTexts()
  const asked = state.payments.find((payment) => payment.state === 'asked')
  const { t } = useTexts()
  return (
    <main className="customer-display">
      <h1>{nameOf({ name: state.store_name, name_en: state.store_name_en })}</h1>
      <Lines state={state} />
      {asked ? (
        <p role="status">
          {t(`tender.${asked.kind}`)} {formatFen(asked.amount_fen)} · {t('wallet.asked')}
        </p>
      ) : null}
      <Sum view={view} state={state} />
    </main>
  )
}
