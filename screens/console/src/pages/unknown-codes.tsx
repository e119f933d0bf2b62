// Codes that tills scanned and no item has: the task of who keeps the items, the most wanted first.

import { Table, Tag } from 'antd'
import type { TableColumnsType } from 'antd'
import type { UnknownCode } from 'kit/api-types.ts'
import { formatCount, formatFen } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { SearchFilter } from '../filters.tsx'
import { hubUrl, useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { storeHref } from '../store-parts.tsx'

function columnsOf({ t }: Texts): TableColumnsType<UnknownCode> {
  return [
    { title: t('unknown.code'), dataIndex: 'scanned_code', fixed: 'left' },
    { title: t('unknown.name'), render: (_, row) => row.name || '—' },
    {
      title: t('unknown.price'),
      align: 'right',
      render: (_, row) => formatFen(row.unit_price_fen),
    },
    {
      title: t('unknown.times'),
      align: 'right',
      sorter: (left, right) => left.times - right.times,
      render: (_, row) => formatCount(row.times),
    },
    { title: t('unknown.stores'), align: 'right', render: (_, row) => formatCount(row.stores) },
    {
      title: t('unknown.last'),
      sorter: (left, right) => left.last_date.localeCompare(right.last_date),
      render: (_, row) => (
        <a className="link" href={storeHref(row.last_store)}>
          {row.last_date} · {row.last_store}
        </a>
      ),
    },
    {
      title: t('unknown.state'),
      render: (_, row) =>
        row.item_id === null ? (
          <Tag color="warning">{t('unknown.open')}</Tag>
        ) : (
          <Tag color="success">{t('unknown.known', { item_id: row.item_id })}</Tag>
        ),
    },
  ]
}

export default function UnknownCodesPage({ filters }: PageProps) {
  const texts = useTexts()
  const { t } = texts
  const query = (filters.query ?? '').toLowerCase()
  const codes = useHubRead('/unknown-codes', {})
  const matches = (row: UnknownCode) =>
    [row.scanned_code, row.name].some((text) => text.toLowerCase().includes(query))
  return (
    <>
      <PageHead title={t('console.unknown_codes')} asOf={codes.answer?.as_of}>
        <CsvButton href={hubUrl('/unknown-codes.csv')} />
      </PageHead>
      <div className="filters">
        <SearchFilter query={filters.query ?? ''} placeholder={t('unknown.search')} />
      </div>
      <PageBody polled={codes}>
        {(answer) => (
          <Table
            size="small"
            rowKey="scanned_code"
            columns={columnsOf(texts)}
            dataSource={answer.rows.filter(matches)}
            pagination={false}
            scroll={{ x: 'max-content', y: 'calc(100vh - 290px)' }}
            locale={{ emptyText: t('unknown.nothing') }}
          />
        )}
      </PageBody>
    </>
  )
}
