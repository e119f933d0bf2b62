// Transfers as rows, the cancelled ones too.

import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { TransferRow } from 'kit/api-types.ts'
import { formatFen, formatInstant } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { NothingFound } from '../filters.tsx'
import { useSignedIn } from '../hub.tsx'
import { sees } from '../rights.ts'
import { setFilters, type Filters } from '../route.ts'
import { TransferActions, TransferStateTag, TransferWay } from './transfer-parts.tsx'

function columnsOf({ t, language }: Texts, onDone: () => void): TableColumnsType<TransferRow> {
  return [
    {
      title: t('transfers.no'),
      render: (_, row) => (
        <button
          type="button"
          className="link"
          onClick={() => setFilters({ transfer: row.transfer_no })}
        >
          {row.transfer_no}
        </button>
      ),
    },
    { title: t('transfers.route'), render: (_, row) => <TransferWay transfer={row} /> },
    { title: t('transfers.state'), render: (_, row) => <TransferStateTag state={row.state} /> },
    { title: t('transfers.line_count'), align: 'right', render: (_, row) => row.lines.length },
    {
      key: 'in_transit_fen',
      title: t('transfers.in_transit_value'),
      align: 'right',
      render: (_, row) =>
        formatFen(row.lines.reduce((sum, line) => sum + (line.in_transit_fen ?? 0), 0)),
    },
    {
      title: t('transfers.created'),
      render: (_, row) =>
        t('transfers.by_at', { who: row.created_by, at: formatInstant(row.created_at, language) }),
    },
    {
      title: '',
      align: 'right',
      render: (_, row) => <TransferActions transfer={row} size="small" onDone={onDone} />,
    },
  ]
}

type ListProps = { rows: TransferRow[]; isLoading: boolean; filters: Filters; onDone: () => void }

export function TransferList({ rows, isLoading, filters, onDone }: ListProps) {
  const texts = useTexts()
  const { session } = useSignedIn()
  const isCostSeen = sees(session, 'cost')
  return (
    <Table
      className="list"
      size="middle"
      rowKey="transfer_no"
      pagination={false}
      loading={isLoading}
      scroll={{ x: 'max-content', y: 'calc(100vh - 290px)' }}
      columns={columnsOf(texts, onDone).filter(({ key }) => isCostSeen || key !== 'in_transit_fen')}
      dataSource={rows}
      locale={{ emptyText: <NothingFound filters={filters} /> }}
    />
  )
}
