// An X, a Z, or the certificate of a day, as it would be printed.

import type { DayReport, ShiftReport } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'

function Rows({ rows }: { rows: (readonly [string, string | number])[] }) {
  return (
    <div className="totals">
      {rows.map(([label, value]) => (
        <div key={label} className="spread">
          <span>{label}</span>
          <b className="number">{value}</b>
        </div>
      ))}
    </div>
  )
}

export function ShiftReportView({ report }: { report: ShiftReport }) {
  const { t } = useTexts()
  const { counted_fen, difference_fen, expected_cash_fen } = report
  const isZ = counted_fen !== null
  const rows: (readonly [string, string | number])[] = [
    [t('shift.tickets'), report.tickets],
    [t('shift.receipts'), `${report.first_receipt_no} – ${report.last_receipt_no}`],
    [t('shift.sales'), formatFen(report.sales_fen)],
    [t('shift.returns'), formatFen(report.returns_fen)],
    ...report.tenders.map(({ kind, amount_fen }) => {
      return [t(`tender.${kind}`), formatFen(amount_fen)] as const
    }),
    [t('shift.voids'), report.voids],
    [t('shift.drawer_openings'), report.drawer_openings],
    [t('shift.float'), formatFen(report.float_fen)],
  ]
  if (expected_cash_fen !== null) rows.push([t('shift.expected'), formatFen(expected_cash_fen)])
  if (counted_fen !== null) rows.push([t('shift.counted'), formatFen(counted_fen)])
  return (
    <section aria-label={t(isZ ? 'shift.z_report' : 'shift.x_report')}>
      <b>
        {t(isZ ? 'shift.z_report' : 'shift.x_report')} ·{' '}
        {t('shift.title_no', { shift_no: report.shift_no })}
      </b>
      <Rows rows={rows} />
      {difference_fen === null ? null : (
        <div className={difference_fen === 0 ? 'paid' : 'paid strip-warning'} role="status">
          <span>{t(difference_fen < 0 ? 'shift.short' : 'shift.over')}</span>
          <b>{formatFen(difference_fen)}</b>
        </div>
      )}
    </section>
  )
}

export function DayReportView({ report }: { report: DayReport }) {
  const { t } = useTexts()
  return (
    <section aria-label={t('shift.day_report')}>
      <b>{t('shift.day_closed', { date: report.business_date })}</b>
      <Rows
        rows={[
          [t('shift.tickets'), report.tickets],
          [t('shift.sales'), formatFen(report.sales_fen)],
          [t('shift.returns'), formatFen(report.returns_fen)],
          [t('shift.journal'), `${report.first_seq} – ${report.last_seq}`],
          [t('shift.head'), report.head.slice(0, 16)],
        ]}
      />
    </section>
  )
}
