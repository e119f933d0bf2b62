// Each store's box: when it was last heard, and how far its journal has come.

import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import { Age } from 'kit/ages.tsx'
import type { StoreRow } from 'kit/api-types.ts'
import { formatCount, formatFen } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { NothingFound, SearchFilter } from '../filters.tsx'
import { hubUrl, useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { BLOCK_MAX, storeHref, StoreName, StoreStateTag } from '../store-parts.tsx'

type CountField =
  'journal_seq' | 'durable_seq' | 'applied_seq' | 'unsent' | 'parked' | 'quarantined'

function countColumn(title: string, field: CountField, isBad: boolean) {
  return {
    title,
    align: 'right' as const,
    sorter: (left: StoreRow, right: StoreRow) => left[field] - right[field],
    render: (_: unknown, row: StoreRow) => (
      <span className={isBad && row[field] > 0 ? 'negative' : undefined}>
        {formatCount(row[field])}
      </span>
    ),
  }
}

const STATE_ORDER = ['never', 'silent', 'late', 'fresh']

function columnsOf({ t, nameOf }: Texts): TableColumnsType<StoreRow> {
  return [
    {
      title: t('list.store'),
      fixed: 'left',
      sorter: (left, right) => left.store.localeCompare(right.store),
      render: (_, row) => (
        <a className="link" href={storeHref(row.store)}>
          <StoreName store={row.store} name={nameOf(row)} />
        </a>
      ),
    },
    { title: t('stores.city'), dataIndex: 'city' },
    {
      title: t('stores.state'),
      sorter: (left, right) => STATE_ORDER.indexOf(left.state) - STATE_ORDER.indexOf(right.state),
      render: (_, row) => <StoreStateTag state={row.state} />,
    },
    {
      title: t('stores.heard'),
      sorter: (left, right) => (left.age_s ?? 0) - (right.age_s ?? 0),
      render: (_, row) => (row.last_heard_at ? <Age instant={row.last_heard_at} /> : '—'),
    },
    countColumn(t('stores.journal'), 'journal_seq', false),
    countColumn(t('stores.durable'), 'durable_seq', false),
    countColumn(t('stores.applied'), 'applied_seq', false),
    countColumn(t('stores.unsent'), 'unsent', false),
    countColumn(t('stores.parked'), 'parked', true),
    countColumn(t('stores.quarantined'), 'quarantined', true),
    { title: t('stores.business_date'), render: (_, row) => row.last_business_date ?? '—' },
    {
      title: t('stores.sales'),
      align: 'right',
      sorter: (left, right) => (left.sales_fen ?? 0) - (right.sales_fen ?? 0),
      render: (_, row) => (row.sales_fen === undefined ? '—' : formatFen(row.sales_fen)),
    },
  ]
}

function matches(row: StoreRow, query: string): boolean {
  const wanted = query.toLowerCase()
  const texts = [row.store, row.name, row.name_en, row.city]
  return texts.some((text) => text.toLowerCase().includes(wanted))
}

export default function StoresPage({ filters }: PageProps) {
  const texts = useTexts()
  const { t } = texts
  const query = filters.query ?? ''
  const stores = useHubRead('/stores', { start: 0, end: BLOCK_MAX })
  return (
    <>
      <PageHead title={t('console.stores')} asOf={stores.answer?.as_of}>
        <CsvButton href={hubUrl('/stores.csv')} />
      </PageHead>
      <div className="filters">
        <SearchFilter query={query} placeholder={t('stores.search')} />
      </div>
      <PageBody polled={stores}>
        {({ rows }) => (
          <Table
            className="list"
            size="middle"
            rowKey="store"
            pagination={false}
            showSorterTooltip={false}
            scroll={{ x: 'max-content', y: 'calc(100vh - 290px)' }}
            columns={columnsOf(texts)}
            dataSource={rows.filter((row) => matches(row, query))}
            locale={{ emptyText: <NothingFound filters={filters} /> }}
          />
        )}
      </PageBody>
    </>
  )
}
