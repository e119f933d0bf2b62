// Facts wherever a page names them: kind, state, place, and the table of facts.

import { Table, Tag } from 'antd'
import type { TableColumnsType } from 'antd'
import type { FactRow, FactState } from 'kit/api-types.ts'
import { formatFen, formatInstant } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { isTextKey } from 'kit/text/index.ts'
import type { ReactNode } from 'react'
import { fragmentOf } from './route.ts'
import { StoreName, useStoreNames } from './store-parts.tsx'

const STATE_COLOURS: Record<FactState, string> = {
  posted: 'success',
  parked: 'error',
  waiting: 'processing',
}

/** The word for a code of the hub; a code that is newer than this page is shown as it is. */
export function textOfCode(
  t: Texts['t'],
  group: string,
  code: string,
  values?: Parameters<Texts['t']>[1],
): string {
  const key = `${group}.${code}`
  return isTextKey(key) ? t(key, values) : code
}

export function FactStateTag({ state }: { state: FactState }) {
  const { t } = useTexts()
  return <Tag color={STATE_COLOURS[state]}>{t(`fact.state.${state}`)}</Tag>
}

export type FactPlace = { store: string; epoch: number; seq: number }

export function factHref({ store, epoch, seq }: FactPlace): string {
  return fragmentOf({ path: `facts/${encodeURIComponent(store)}/${epoch}/${seq}`, filters: {} })
}

/** Store, epoch and seq: where the fact stands in its author's journal. */
export function FactLink({ place, children }: { place: FactPlace; children?: ReactNode }) {
  return (
    <a className="link" href={factHref(place)}>
      {children ?? `${place.store}/${place.epoch}/${place.seq}`}
    </a>
  )
}

/** By what a person knows the fact: the number on the receipt, or of the order. */
export function referenceOf(
  row: Pick<FactRow, 'store' | 'register_no' | 'receipt_no' | 'document_no'>,
): string {
  if (row.receipt_no !== null) return `${row.store}-${row.register_no}-${row.receipt_no}`
  return row.document_no || '—'
}

function columnsOf(texts: Texts, storeName: (store: string) => string): TableColumnsType<FactRow> {
  const { t, language } = texts
  return [
    {
      title: t('fact.kind'),
      fixed: 'left',
      width: 138,
      render: (_, row) => <FactLink place={row}>{textOfCode(t, 'kind', row.kind)}</FactLink>,
    },
    {
      title: t('list.store'),
      width: 140,
      ellipsis: true,
      render: (_, row) => <StoreName store={row.store} name={storeName(row.store)} />,
    },
    { title: t('fact.reference'), width: 122, render: (_, row) => referenceOf(row) },
    {
      title: t('fact.amount'),
      align: 'right',
      width: 104,
      render: (_, row) => (row.amount_fen === null ? '' : formatFen(row.amount_fen)),
    },
    {
      title: t('fact.business_date'),
      width: 104,
      render: (_, row) => row.business_date ?? '—',
    },
    {
      title: t('fact.wall_at'),
      width: 164,
      render: (_, row) => (row.wall_at ? formatInstant(row.wall_at, language) : '—'),
    },
    {
      title: t('fact.who'),
      width: 112,
      render: (_, row) => [row.staff_no, row.register_no].filter(Boolean).join(' · ') || '—',
    },
    { title: t('fact.place'), width: 116, render: (_, row) => <FactLink place={row} /> },
    {
      title: t('fact.state'),
      width: 84,
      render: (_, row) => <FactStateTag state={row.state} />,
    },
  ]
}

type FactTableProps = { rows: FactRow[]; isLoading?: boolean; height?: string; empty: ReactNode }

/** `height` keeps the head of a long table in sight; without it the table is as long as its rows. */
export function FactTable({ rows, isLoading = false, height, empty }: FactTableProps) {
  const texts = useTexts()
  const storeName = useStoreNames()
  return (
    <Table
      className="list"
      size="small"
      rowKey={(row) => `${row.store}/${row.epoch}/${row.seq}`}
      loading={isLoading}
      pagination={false}
      scroll={{ x: 1080, y: height }}
      columns={columnsOf(texts, storeName)}
      dataSource={rows}
      locale={{ emptyText: empty }}
    />
  )
}
