// What lies where, and what it is worth. Pages, filters and sorting are the hub's work.

import { Table } from 'antd'
import type { TableColumnsType, TableProps } from 'antd'
import type { StockListing, StockRow } from 'kit/api-types.ts'
import { formatCount, formatFen, formatMilli } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { NothingFound, SearchFilter } from '../filters.tsx'
import { hubUrl, useHubRead, useSignedIn } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import {
  filtersOfPage,
  orderOf,
  PAGE_SIZES,
  pageOf,
  rangeOf,
  sortOf,
  type Page,
} from '../paging.ts'
import { sees } from '../rights.ts'
import { setFilters, type Filters } from '../route.ts'
import { StoreFilter, StoreName } from '../store-parts.tsx'

function signClass(value: number): string | undefined {
  return value < 0 ? 'negative' : undefined
}

function columnsOf({ t, nameOf }: Texts, sort: string | undefined): TableColumnsType<StockRow> {
  const sorted = (field: string) => ({ key: field, sorter: true, sortOrder: orderOf(sort, field) })
  return [
    {
      title: t('list.store'),
      fixed: 'left',
      width: 210,
      ...sorted('store'),
      render: (_, row) => {
        const name = nameOf({ name: row.store_name, name_en: row.store_name_en })
        return <StoreName store={row.store} name={name} />
      },
    },
    { title: t('stock.sku'), dataIndex: 'sku', width: 130 },
    { title: t('stock.item'), ...sorted('name'), render: (_, row) => nameOf(row) },
    {
      title: t('stock.state'),
      width: 100,
      render: (_, row) => t(`stock.state.${row.state}`),
    },
    { title: t('stock.lot'), width: 170, render: (_, row) => row.lot.replace('|', ' · ') || '—' },
    {
      title: t('stock.quantity'),
      align: 'right',
      width: 130,
      ...sorted('quantity_milli'),
      render: (_, row) => (
        <span className={signClass(row.quantity_milli)}>{formatMilli(row.quantity_milli)}</span>
      ),
    },
    {
      title: t('stock.value'),
      align: 'right',
      width: 150,
      ...sorted('value_fen'),
      render: (_, row) => (
        <span className={signClass(row.value_fen ?? 0)}>{formatFen(row.value_fen ?? 0)}</span>
      ),
    },
  ]
}

const COLUMNS_BEFORE_SUMS = 5

function SumsRow({ sums }: { sums: StockListing['sums'] }) {
  const { t } = useTexts()
  return (
    <Table.Summary.Row className="sums">
      <Table.Summary.Cell index={0} colSpan={COLUMNS_BEFORE_SUMS}>
        {t('list.sum')}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={COLUMNS_BEFORE_SUMS} align="right">
        {formatMilli(sums.quantity_milli)}
      </Table.Summary.Cell>
      {sums.value_fen === undefined ? null : (
        <Table.Summary.Cell index={COLUMNS_BEFORE_SUMS + 1} align="right">
          {formatFen(sums.value_fen)}
        </Table.Summary.Cell>
      )}
    </Table.Summary.Row>
  )
}

function changeOf(before: Page): NonNullable<TableProps<StockRow>['onChange']> {
  return (pagination, _filters, sorter) => {
    const after = { number: pagination.current ?? 1, size: pagination.pageSize ?? before.size }
    const column = Array.isArray(sorter) ? sorter[0] : sorter
    const sort = sortOf(String(column?.columnKey ?? ''), column?.order ?? null)
    setFilters({ ...filtersOfPage(before, after), sort })
  }
}

type StockTableProps = { answer: StockListing; isLoading: boolean; filters: Filters }

function StockTable({ answer, isLoading, filters }: StockTableProps) {
  const texts = useTexts()
  const { session } = useSignedIn()
  const isCostSeen = sees(session, 'cost')
  const page = pageOf(filters)
  return (
    <Table
      className="list"
      size="middle"
      rowKey={(row) => `${row.store}/${row.state}/${row.item_id}/${row.lot}`}
      loading={isLoading}
      showSorterTooltip={false}
      scroll={{ x: 1080, y: 'calc(100vh - 388px)' }}
      columns={columnsOf(texts, filters.sort).filter(
        ({ key }) => isCostSeen || key !== 'value_fen',
      )}
      dataSource={answer.rows}
      onChange={changeOf(page)}
      summary={() => (
        <Table.Summary fixed="bottom">
          <SumsRow sums={answer.sums} />
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
      }}
    />
  )
}

export default function StockPage({ filters }: PageProps) {
  const { t } = useTexts()
  const { query, store, sort } = filters
  const stock = useHubRead('/stock', { query, store, sort, ...rangeOf(pageOf(filters)) })
  return (
    <>
      <PageHead title={t('console.stock')} asOf={stock.answer?.as_of}>
        <CsvButton href={hubUrl('/stock.csv', { query, store, sort })} />
      </PageHead>
      <div className="filters">
        <SearchFilter query={query ?? ''} placeholder={t('stock.search')} />
        <StoreFilter store={store} />
      </div>
      <PageBody polled={stock}>
        {(answer) => <StockTable answer={answer} isLoading={stock.isLoading} filters={filters} />}
      </PageBody>
    </>
  )
}
