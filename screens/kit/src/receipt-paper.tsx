// The receipt as the customer gets it, on paper that stays white in the dark.

import type { Line, Receipt } from './api-types.ts'
import { formatFen, formatInstant, formatLot, formatQuantity } from './format.ts'
import './paper.css'
import { useTexts } from './preferences.tsx'

/** The end of a fact's id: its start is the time and nearly the same on every receipt of a day. */
export function shortFactId(factId: string): string {
  return factId.replaceAll('-', '').slice(-12).toUpperCase()
}

function Pair({ label, value, strong }: { label: string; value: string; strong?: boolean }) {
  return (
    <div className={strong ? 'paper-pair paper-strong' : 'paper-pair'}>
      <span>{label}</span>
      <span>{value}</span>
    </div>
  )
}

function PaperLine({ line }: { line: Line }) {
  const { t, nameOf } = useTexts()
  const quantity = formatQuantity(line.quantity_milli, line.unit_of_measure)
  return (
    <div className="paper-line">
      <div>{nameOf(line)}</div>
      {line.lot ? <small>{t('ticket.lot', { lot: formatLot(line.lot) })}</small> : null}
      <Pair
        label={`${quantity} × ${formatFen(line.unit_price_fen)}`}
        value={formatFen(line.amount_fen)}
      />
      {line.discount_fen ? (
        <small>{t('ticket.discount', { amount: formatFen(-line.discount_fen) })}</small>
      ) : null}
    </div>
  )
}

function Tenders({ receipt }: { receipt: Receipt }) {
  const { t } = useTexts()
  return (
    <>
      {receipt.rounding_fen ? (
        <Pair label={t('tender.rounding')} value={formatFen(-receipt.rounding_fen)} />
      ) : null}
      {receipt.tenders.map((tender, index) => {
        const kind = t(`tender.${tender.kind}`)
        const label =
          tender.given_fen === tender.amount_fen
            ? kind
            : t('receipt.given', { kind, amount: formatFen(tender.given_fen) })
        return <Pair key={index} label={label} value={formatFen(tender.amount_fen)} />
      })}
      <Pair label={t('receipt.change')} value={formatFen(receipt.change_fen)} />
    </>
  )
}

export function ReceiptPaper({ receipt }: { receipt: Receipt }) {
  const { t, nameOf, language } = useTexts()
  const { totals } = receipt
  const storeName = nameOf({ name: receipt.store_name, name_en: receipt.store_name_en })
  const receiptNo = `${receipt.store}-${receipt.register_no}-${receipt.receipt_no}`
  return (
    <article className="paper" aria-label={t('receipt.title')}>
      <h2>{storeName}</h2>
      <p className="paper-centre">{t('receipt.title')}</p>
      <Pair label={t('receipt.no')} value={receiptNo} />
      <Pair label={t('receipt.time')} value={formatInstant(receipt.sold_at, language)} />
      <Pair label={t('receipt.staff')} value={receipt.staff_no} />
      <hr />
      {receipt.lines.map((line) => (
        <PaperLine key={line.line_id} line={line} />
      ))}
      <hr />
      <Pair
        label={t('receipt.items', { count: totals.line_count })}
        value={formatFen(totals.gross_fen)}
      />
      {totals.discount_fen ? (
        <Pair label={t('receipt.discount')} value={formatFen(-totals.discount_fen)} />
      ) : null}
      <Pair label={t('receipt.due')} value={formatFen(totals.amount_fen)} strong />
      <Pair label={t('receipt.tax')} value={formatFen(totals.tax_fen)} />
      <hr />
      <Tenders receipt={receipt} />
      <hr />
      <p className="paper-centre paper-small">
        {t('receipt.fact')} {shortFactId(receipt.fact_id)}
      </p>
      <p className="paper-centre">{t('receipt.thanks')}</p>
    </article>
  )
}
