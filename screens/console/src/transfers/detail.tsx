// One transfer: who decided what and when, and how much of each item has come how far.

import { Descriptions, Drawer, Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { TransferLine, TransferRow } from 'kit/api-types.ts'
import { formatFen, formatInstant, formatMilli } from 'kit/format.ts'
import { PageBody } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { EmptyPanel } from 'kit/states.tsx'
import { FactTable } from '../fact-parts.tsx'
import { useHubRead, useSignedIn } from '../hub.tsx'
import { may, sees } from '../rights.ts'
import { setFilters } from '../route.ts'
import { TransferActions, TransferStateTag } from './transfer-parts.tsx'

/** A transfer is shipped and received in few parts. */
const FACTS_MAX = 50

type MilliField = 'ordered_milli' | 'shipped_milli' | 'received_milli' | 'in_transit_milli'

function milliColumn(title: string, field: MilliField) {
  return {
    title,
    align: 'right' as const,
    render: (_: unknown, line: TransferLine) => formatMilli(line[field]),
  }
}

function columnsOf({ t, nameOf }: Texts): TableColumnsType<TransferLine> {
  return [
    {
      title: t('stock.item'),
      render: (_, line) => (
        <>
          {nameOf(line)} <span className="quiet">{line.sku}</span>
        </>
      ),
    },
    milliColumn(t('transfers.ordered'), 'ordered_milli'),
    milliColumn(t('transfers.shipped'), 'shipped_milli'),
    milliColumn(t('transfers.received'), 'received_milli'),
    milliColumn(t('transfers.in_transit'), 'in_transit_milli'),
    {
      key: 'in_transit_fen',
      title: t('transfers.in_transit_value'),
      align: 'right',
      render: (_, line) => formatFen(line.in_transit_fen ?? 0),
    },
  ]
}

/** What the two stores said of it, each with the way to the whole fact. */
function Moves({ transferNo }: { transferNo: string }) {
  const { t } = useTexts()
  const facts = useHubRead('/facts', { query: transferNo, limit: FACTS_MAX })
  return (
    <section className="transfer-moves" aria-label={t('transfers.facts')}>
      <h3>{t('transfers.facts')}</h3>
      <PageBody polled={facts}>
        {({ rows }) => <FactTable rows={rows} empty={t('transfers.no_facts')} />}
      </PageBody>
    </section>
  )
}

function Decisions({ transfer }: { transfer: TransferRow }) {
  const { t, language } = useTexts()
  const byAt = (who: string | null, at: string | null) =>
    who && at ? t('transfers.by_at', { who, at: formatInstant(at, language) }) : '—'
  const at = (instant: string | null) => (instant ? formatInstant(instant, language) : '—')
  const store = (name: string, number: string) => `${name} ${number}`
  const items = [
    [t('transfers.source'), store(transfer.source_name, transfer.source_store)],
    [t('transfers.target'), store(transfer.target_name, transfer.target_store)],
    [t('transfers.created'), byAt(transfer.created_by, transfer.created_at)],
    [t('transfers.approved'), byAt(transfer.approved_by, transfer.approved_at)],
    [t('transfers.shipped_at'), at(transfer.shipped_at)],
    [t('transfers.received_at'), at(transfer.received_at)],
  ].map(([label, children]) => ({ key: label, label, children }))
  return <Descriptions size="small" column={2} items={items} />
}

type DetailProps = { transferNo: string; rows: TransferRow[]; onDone: () => void }

export function TransferDetail({ transferNo, rows, onDone }: DetailProps) {
  const texts = useTexts()
  const { t } = texts
  const { session } = useSignedIn()
  const isCostSeen = sees(session, 'cost')
  const transfer = rows.find((row) => row.transfer_no === transferNo)
  return (
    <Drawer
      open
      size={780}
      title={
        <>
          {transferNo} {transfer ? <TransferStateTag state={transfer.state} /> : null}
        </>
      }
      extra={
        transfer ? <TransferActions transfer={transfer} size="middle" onDone={onDone} /> : null
      }
      onClose={() => setFilters({ transfer: '' })}
    >
      {transfer ? (
        <>
          <Decisions transfer={transfer} />
          <Table
            className="list"
            size="middle"
            rowKey="item_id"
            pagination={false}
            scroll={{ x: 620 }}
            columns={columnsOf(texts).filter(({ key }) => isCostSeen || key !== 'in_transit_fen')}
            dataSource={transfer.lines}
          />
          {may(session, 'read_journal') ? <Moves transferNo={transferNo} /> : null}
        </>
      ) : (
        <EmptyPanel title={t('transfers.missing')} />
      )}
    </Drawer>
  )
}
