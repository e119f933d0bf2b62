// What the pages of the books share: the filters, blank sides, the way from an account to its card.

import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import type { ReactNode } from 'react'
import { fragmentOf, setFilters, type Filters } from './route.ts'
import { StoreFilter } from './store-parts.tsx'

/** A side without movement stays blank, as on paper. */
export function sideText(fen: number): string {
  return fen === 0 ? '' : formatFen(fen)
}

/** Which part of the books the address asks for, as the hub wants it. */
export function booksOf({ from, through, period, store }: Filters) {
  return { from, through, period, store }
}

type AccountLinkProps = { code: string; filters: Filters; children?: ReactNode }

/** To the card of an account, for the same part of the books. */
export function AccountLink({ code, filters, children }: AccountLinkProps) {
  const { from = '', through = '', period = '', store = '' } = filters
  const path = `accounts/${encodeURIComponent(code)}`
  return (
    <a className="link" href={fragmentOf({ path, filters: { from, through, period, store } })}>
      {children ?? code}
    </a>
  )
}

/** A month of the books, or dates: setting one clears the other. */
export function BooksFilters({ filters }: { filters: Filters }) {
  const { t } = useTexts()
  const { from, through, period, store } = filters
  const chosen = (date: string | undefined) => (date ? dayjs(date) : null)
  return (
    <div className="filters">
      <DatePicker
        picker="month"
        format="YYYY-MM"
        value={chosen(period)}
        placeholder={t('ledger.period')}
        aria-label={t('ledger.period')}
        onChange={(_date, text) =>
          setFilters({ period: String(text ?? ''), from: '', through: '', page: '' })
        }
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        value={[chosen(from), chosen(through)]}
        aria-label={t('ledger.dates')}
        onChange={(_dates, texts) =>
          setFilters({ period: '', from: texts?.[0] ?? '', through: texts?.[1] ?? '', page: '' })
        }
      />
      <StoreFilter store={store} />
    </div>
  )
}
