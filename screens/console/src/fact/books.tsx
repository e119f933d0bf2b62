// What a fact did: the stock it moved and the journal entry it made.

import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { EntryRow, MovementRow } from 'kit/api-types.ts'
import { formatFen, formatMilli } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { AccountLink, sideText } from '../ledger-parts.tsx'

function movementColumns({ t, nameOf }: Texts): TableColumnsType<MovementRow> {
  const signed = (value: number, text: string) => (
    <span className={value < 0 ? 'negative' : undefined}>{text}</span>
  )
  return [
    {
      title: t('stock.item'),
      render: (_, row) => (
        <>
          {nameOf(row) || row.item_id} <span className="quiet">{row.sku}</span>
        </>
      ),
    },
    { title: t('stock.state'), render: (_, row) => t(`stock.state.${row.state}`) },
    { title: t('stock.lot'), render: (_, row) => row.lot.replace('|', ' · ') || '—' },
    {
      title: t('fact.quantity'),
      align: 'right',
      render: (_, row) => signed(row.quantity_milli, formatMilli(row.quantity_milli)),
    },
    {
      title: t('fact.cost'),
      align: 'right',
      render: (_, { cost_fen }) =>
        cost_fen === undefined ? '—' : signed(cost_fen, formatFen(cost_fen)),
    },
  ]
}

export function Movements({ rows }: { rows: MovementRow[] }) {
  const texts = useTexts()
  return (
    <Table
      size="small"
      rowKey="line_no"
      pagination={false}
      scroll={{ x: 'max-content' }}
      columns={movementColumns(texts)}
      dataSource={rows}
    />
  )
}

function entryColumns({ t, nameOf }: Texts, period: string): TableColumnsType<EntryRow> {
  return [
    {
      title: t('trial.account_code'),
      render: (_, row) => (
        <AccountLink code={row.account_code} filters={{ period, store: row.entry_store }} />
      ),
    },
    { title: t('trial.account'), render: (_, row) => nameOf(row) },
    { title: t('list.store'), dataIndex: 'entry_store' },
    {
      title: t('ledger.debit'),
      align: 'right',
      render: (_, row) => sideText(row.debit_fen),
    },
    {
      title: t('ledger.credit'),
      align: 'right',
      render: (_, row) => sideText(row.credit_fen),
    },
  ]
}

/** The entry as finance knows it: the two sides below each other must come to the same. */
export function Entry({ rows, period }: { rows: EntryRow[]; period: string }) {
  const texts = useTexts()
  const sum = (field: 'debit_fen' | 'credit_fen') =>
    rows.reduce((total, row) => total + row[field], 0)
  return (
    <Table
      size="small"
      rowKey="line_no"
      pagination={false}
      scroll={{ x: 'max-content' }}
      columns={entryColumns(texts, period)}
      dataSource={rows}
      summary={() => (
        <Table.Summary.Row className="sums">
          <Table.Summary.Cell index={0} colSpan={3}>
            {texts.t('list.sum')}
          </Table.Summary.Cell>
          <Table.Summary.Cell index={3} align="right">
            {formatFen(sum('debit_fen'))}
          </Table.Summary.Cell>
          <Table.Summary.Cell index={4} align="right">
            {formatFen(sum('credit_fen'))}
          </Table.Summary.Cell>
        </Table.Summary.Row>
      )}
    />
  )
}
