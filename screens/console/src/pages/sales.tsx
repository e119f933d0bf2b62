// What was sold, by store and business date.

import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { SalesFigures, SalesListing, SalesRow } from 'kit/api-types.ts'
import { formatCount, formatFen, formatMilli } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { usePreferences, useTexts, type Texts } from 'kit/preferences.tsx'
import type { TextKey } from 'kit/text/index.ts'
import { useMemo } from 'react'
import { dayLine } from '../chart-options.ts'
import { Chart } from '../chart.tsx'
import { DateFilter, NothingFound } from '../filters.tsx'
import { hubUrl, useHubRead, useSignedIn } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { filtersOfPage, PAGE_SIZES, pageOf, rangeOf } from '../paging.ts'
import { sees } from '../rights.ts'
import { setFilters, type Filters } from '../route.ts'
import { StoreFilter, StoreName } from '../store-parts.tsx'

type FigureField = keyof SalesFigures

type Figure = {
  field: FigureField
  titleKey: TextKey
  format: (value: number) => string
  /** For a sum of ten million yuan. */
  widthPx: number
}

/** In the order of the columns; with the two before them they fit a screen of 1366 pixels. */
const FIGURES: Figure[] = [
  { field: 'tickets', titleKey: 'sales.tickets', format: formatCount, widthPx: 76 },
  { field: 'quantity_milli', titleKey: 'sales.quantity', format: formatMilli, widthPx: 100 },
  { field: 'amount_fen', titleKey: 'sales.amount', format: formatFen, widthPx: 120 },
  { field: 'discount_fen', titleKey: 'sales.discount', format: formatFen, widthPx: 100 },
  { field: 'tax_fen', titleKey: 'sales.tax', format: formatFen, widthPx: 110 },
  { field: 'net_fen', titleKey: 'sales.net', format: formatFen, widthPx: 118 },
  { field: 'cost_fen', titleKey: 'sales.cost', format: formatFen, widthPx: 114 },
  { field: 'margin_fen', titleKey: 'sales.margin', format: formatFen, widthPx: 112 },
]

const HIDDEN_FIGURES: FigureField[] = ['cost_fen', 'margin_fen']

/** Cost less net sales is margin: who lacks one of both sees neither. */
function useFigures(): Figure[] {
  const { session } = useSignedIn()
  const isAll = sees(session, 'cost') && sees(session, 'margin')
  return FIGURES.filter(({ field }) => isAll || !HIDDEN_FIGURES.includes(field))
}

function columnsOf({ t, nameOf }: Texts, shown: Figure[]): TableColumnsType<SalesRow> {
  const figures = shown.map(({ field, titleKey, format, widthPx }) => ({
    title: t(titleKey),
    width: widthPx,
    align: 'right' as const,
    render: (_: unknown, row: SalesRow) => (
      <span className={(row[field] ?? 0) < 0 ? 'negative' : undefined}>
        {format(row[field] ?? 0)}
      </span>
    ),
  }))
  return [
    { title: t('sales.business_date'), dataIndex: 'business_date', fixed: 'left', width: 98 },
    {
      title: t('list.store'),
      fixed: 'left',
      width: 166,
      ellipsis: true,
      render: (_, row) => <StoreName store={row.store} name={nameOf(row)} />,
    },
    ...figures,
  ]
}

const COLUMNS_BEFORE_SUMS = 2

function TotalsRow({ totals, shown }: { totals: SalesFigures; shown: Figure[] }) {
  const { t } = useTexts()
  return (
    <Table.Summary.Row className="sums">
      <Table.Summary.Cell index={0} colSpan={COLUMNS_BEFORE_SUMS}>
        {t('list.sum')}
      </Table.Summary.Cell>
      {shown.map(({ field, format }, index) => (
        <Table.Summary.Cell key={field} index={index + COLUMNS_BEFORE_SUMS} align="right">
          {format(totals[field] ?? 0)}
        </Table.Summary.Cell>
      ))}
    </Table.Summary.Row>
  )
}

function DayChart({ days }: { days: SalesListing['by_day'] }) {
  const { t, language } = useTexts()
  const { palette } = usePreferences()
  const option = useMemo(() => {
    const points = days.map((day) => ({ name: day.business_date, amount_fen: day.amount_fen }))
    return dayLine({ palette, language }, t('sales.amount'), points)
  }, [days, palette, language, t])
  return (
    <section className="card">
      <h2>{t('sales.by_day')}</h2>
      <Chart option={option} heightPx={140} label={t('sales.by_day')} />
    </section>
  )
}

type SalesTableProps = { answer: SalesListing; isLoading: boolean; filters: Filters }

function SalesTable({ answer, isLoading, filters }: SalesTableProps) {
  const texts = useTexts()
  const shown = useFigures()
  const page = pageOf(filters)
  return (
    <Table
      className="list list-wide"
      size="small"
      rowKey={(row) => `${row.store}/${row.business_date}`}
      loading={isLoading}
      scroll={{ x: 1110, y: 'max(180px, calc(100vh - 556px))' }}
      columns={columnsOf(texts, shown)}
      dataSource={answer.rows}
      summary={() => (
        <Table.Summary fixed="bottom">
          <TotalsRow totals={answer.totals} shown={shown} />
        </Table.Summary>
      )}
      locale={{ emptyText: <NothingFound filters={filters} /> }}
      pagination={{
        current: page.number,
        pageSize: page.size,
        pageSizeOptions: PAGE_SIZES,
        total: answer.total,
        showSizeChanger: true,
        showTotal: (total) => texts.t('list.total', { count: formatCount(total) }),
        onChange: (number, size) => setFilters(filtersOfPage(page, { number, size })),
      }}
    />
  )
}

export default function SalesPage({ filters }: PageProps) {
  const { t } = useTexts()
  const { from, to, store } = filters
  const sales = useHubRead('/sales', { from, to, store, ...rangeOf(pageOf(filters)) })
  return (
    <>
      <PageHead title={t('console.sales')} asOf={sales.answer?.as_of}>
        <CsvButton href={hubUrl('/sales.csv', { from, to, store })} />
      </PageHead>
      <div className="filters">
        <DateFilter filters={filters} label={t('sales.dates')} />
        <StoreFilter store={store} />
      </div>
      <PageBody polled={sales}>
        {(answer) => (
          <>
            {answer.by_day.length > 0 ? <DayChart days={answer.by_day} /> : null}
            <SalesTable answer={answer} isLoading={sales.isLoading} filters={filters} />
          </>
        )}
      </PageBody>
    </>
  )
}
