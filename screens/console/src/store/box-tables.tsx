// A store's boxes, its parked facts and its refused batches, each with what a person can do.

import { Table, Tag } from 'antd'
import type { TableColumnsType } from 'antd'
import { Age } from 'kit/ages.tsx'
import type { BoxRow, ParkedRow, QuarantinedRow } from 'kit/api-types.ts'
import { formatCount, formatInstant } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import type { ReactNode } from 'react'
import { FactLink, textOfCode } from '../fact-parts.tsx'
import { ParkedHelp } from '../parked-help.tsx'

const BOX_COLOURS: Record<BoxRow['state'], string> = {
  active: 'success',
  replaced: 'default',
  revoked: 'error',
}

function boxColumns({ t, language }: Texts): TableColumnsType<BoxRow> {
  return [
    { title: t('fact.box'), dataIndex: 'box_id' },
    {
      title: t('stores.state'),
      render: (_, row) => <Tag color={BOX_COLOURS[row.state]}>{t(`box.state.${row.state}`)}</Tag>,
    },
    { title: t('box.epoch'), align: 'right', dataIndex: 'epoch' },
    {
      title: t('stores.durable'),
      align: 'right',
      render: (_, row) => formatCount(row.durable_seq),
    },
    {
      title: t('stores.applied'),
      align: 'right',
      render: (_, row) => formatCount(row.applied_seq),
    },
    {
      title: t('box.enrolled'),
      render: (_, row) => formatInstant(row.enrolled_at, language),
    },
  ]
}

export function Boxes({ rows }: { rows: BoxRow[] }) {
  const texts = useTexts()
  return (
    <section className="card wide">
      <h2>{texts.t('store.boxes')}</h2>
      <Table
        size="small"
        rowKey="epoch"
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={boxColumns(texts)}
        dataSource={rows}
        locale={{ emptyText: texts.t('store.no_box') }}
      />
    </section>
  )
}

type ShownProps = { title: string; shown: number; total: number; children: ReactNode }

/** A list that the hub cuts says how many there are in all. */
function Shown({ title, shown, total, children }: ShownProps) {
  const { t } = useTexts()
  return (
    <section className="card full">
      <h2>
        {title}{' '}
        <small>{total > shown ? t('store.first_of', { shown, total }) : formatCount(total)}</small>
      </h2>
      {children}
    </section>
  )
}

function parkedColumns({ t }: Texts, store: string): TableColumnsType<ParkedRow> {
  return [
    {
      title: t('fact.kind'),
      width: 150,
      render: (_, row) => (
        <FactLink place={{ store, ...row }}>{textOfCode(t, 'kind', row.kind)}</FactLink>
      ),
    },
    { title: t('fact.place'), width: 120, render: (_, row) => `${row.epoch}/${row.seq}` },
    {
      title: t('store.reason'),
      width: 190,
      render: (_, row) => textOfCode(t, 'parked', row.reason_code),
    },
    {
      title: t('store.mend'),
      render: (_, row) => <ParkedHelp reasonCode={row.reason_code} detail={row.detail} />,
    },
    { title: t('store.since'), width: 120, render: (_, row) => <Age instant={row.parked_at} /> },
  ]
}

type ParkedProps = { store: string; rows: ParkedRow[]; total: number }

export function Parked({ store, rows, total }: ParkedProps) {
  const texts = useTexts()
  return (
    <Shown title={texts.t('store.parked')} shown={rows.length} total={total}>
      <Table
        size="small"
        rowKey={(row) => `${row.epoch}/${row.seq}`}
        pagination={false}
        scroll={{ x: 860 }}
        columns={parkedColumns(texts, store)}
        dataSource={rows}
      />
    </Shown>
  )
}

function quarantinedColumns({ t }: Texts): TableColumnsType<QuarantinedRow> {
  return [
    {
      title: t('store.reason'),
      render: (_, row) => textOfCode(t, 'quarantined', row.reason_code),
    },
    { title: t('fact.box'), render: (_, row) => row.box_id || '—' },
    {
      title: t('quarantine.size'),
      align: 'right',
      render: (_, row) => t('fact.bytes', { count: formatCount(row.size_bytes) }),
    },
    { title: t('quarantine.times'), align: 'right', render: (_, row) => formatCount(row.times) },
    {
      title: t('quarantine.kept'),
      render: (_, row) => t(row.is_kept ? 'app.yes' : 'app.no'),
    },
    { title: t('quarantine.first'), render: (_, row) => <Age instant={row.first_at} /> },
    { title: t('quarantine.last'), render: (_, row) => <Age instant={row.last_at} /> },
  ]
}

export function Quarantined({ rows, total }: { rows: QuarantinedRow[]; total: number }) {
  const texts = useTexts()
  return (
    <Shown title={texts.t('store.quarantined')} shown={rows.length} total={total}>
      <Table
        size="small"
        rowKey={(row) => rows.indexOf(row)}
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={quarantinedColumns(texts)}
        dataSource={rows}
      />
    </Shown>
  )
}
