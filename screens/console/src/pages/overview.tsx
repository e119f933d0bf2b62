// How the chain does today, at a glance; every figure with its age.

import { RightOutlined } from '@ant-design/icons'
import { Alert, Table } from 'antd'
import type { TableColumnsType } from 'antd'
import { Age } from 'kit/ages.tsx'
import type { Overview, StoreRow } from 'kit/api-types.ts'
import { formatCount, formatFen, formatRate } from 'kit/format.ts'
import { PageBody, PageHead } from 'kit/list-page.tsx'
import { usePreferences, useTexts, type Texts } from 'kit/preferences.tsx'
import { EmptyPanel } from 'kit/states.tsx'
import { useMemo } from 'react'
import { Alarms } from '../alarms.tsx'
import { dayLine, ranking } from '../chart-options.ts'
import { Chart } from '../chart.tsx'
import { FigureCard } from '../figure-card.tsx'
import { NothingFound } from '../filters.tsx'
import { useHubRead } from '../hub.tsx'
import { BLOCK_MAX, storeHref, StoreName, StoreStateTag } from '../store-parts.tsx'

/** As many as fit beside the ranking; all of them are on the page of the stores. */
const STORES_SHOWN = 7

function Cards({ overview }: { overview: Overview }) {
  const { t } = useTexts()
  const overdue = overview.stores_total - overview.stores_fresh
  const date = overview.business_date ?? '—'
  return (
    <div className="cards">
      <FigureCard
        label={t('overview.sales')}
        value={formatFen(overview.sales_fen)}
        note={t('overview.sales_of', { date, tickets: formatCount(overview.tickets) })}
      />
      <FigureCard
        label={t('overview.average_ticket')}
        value={formatFen(overview.average_ticket_fen)}
        note={t('overview.average_ticket_of')}
      />
      {overview.margin_rate_bp === undefined || overview.margin_fen === undefined ? null : (
        <FigureCard
          label={t('overview.margin')}
          value={formatRate(overview.margin_rate_bp)}
          note={t('overview.margin_of', { amount: formatFen(overview.margin_fen) })}
        />
      )}
      <FigureCard
        label={t('overview.stores')}
        value={`${overview.stores_fresh} / ${overview.stores_total}`}
        note={overdue > 0 ? t('overview.stores_of', { count: overdue }) : t('overview.stores_all')}
        tone={overdue > 0 ? 'warning' : 'ok'}
      />
      <FigureCard
        label={t('overview.in_transit')}
        value={overview.in_transit_fen === undefined ? '—' : formatFen(overview.in_transit_fen)}
        note={t('overview.in_transit_of', { count: formatCount(overview.in_transit_transfers) })}
      />
    </div>
  )
}

function Problems({ overview }: { overview: Overview }) {
  const { t } = useTexts()
  const { parked, quarantined } = overview
  if (parked === 0 && quarantined === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('overview.problems', { parked, quarantined })}
      action={
        <a className="link" href="#/stores">
          {t('overview.problems_link')}
        </a>
      }
    />
  )
}

function Charts({ overview }: { overview: Overview }) {
  const { t, language, nameOf } = useTexts()
  const { palette } = usePreferences()
  const { sales_by_day: days, top_stores: stores } = overview
  const lineOption = useMemo(() => {
    const points = days.map((day) => ({ name: day.business_date, amount_fen: day.amount_fen }))
    return dayLine({ palette, language }, t('overview.sales'), points)
  }, [days, palette, language, t])
  const rankingOption = useMemo(() => {
    const bars = stores.map((row) => ({ name: nameOf(row), amount_fen: row.amount_fen }))
    return ranking({ palette, language }, t('overview.sales'), bars)
  }, [stores, palette, language, t, nameOf])
  return (
    <>
      <section className="card wide">
        <h2>{t('overview.sales_by_day')}</h2>
        <Chart option={lineOption} heightPx={236} label={t('overview.sales_by_day')} />
      </section>
      <section className="card">
        <h2>{t('overview.top_stores')}</h2>
        <Chart option={rankingOption} heightPx={236} label={t('overview.top_stores')} />
      </section>
    </>
  )
}

function storeColumns({ t, nameOf }: Texts): TableColumnsType<StoreRow> {
  return [
    {
      title: t('list.store'),
      render: (_, row) => (
        <a className="link" href={storeHref(row.store)}>
          <StoreName store={row.store} name={nameOf(row)} />
        </a>
      ),
    },
    { title: t('stores.state'), render: (_, row) => <StoreStateTag state={row.state} /> },
    {
      title: t('stores.heard'),
      render: (_, row) => (row.last_heard_at ? <Age instant={row.last_heard_at} /> : '—'),
    },
    {
      title: t('stores.unsent'),
      align: 'right',
      render: (_, row) => formatCount(row.unsent),
    },
    {
      title: t('stores.sales'),
      align: 'right',
      render: (_, row) => (row.sales_fen === undefined ? '—' : formatFen(row.sales_fen)),
    },
  ]
}

/** Never heard comes first, then by the length of the silence. */
function quietestFirst(rows: StoreRow[]): StoreRow[] {
  const silence = (row: StoreRow) => row.age_s ?? Number.MAX_SAFE_INTEGER
  return rows.toSorted((left, right) => silence(right) - silence(left)).slice(0, STORES_SHOWN)
}

function Freshness() {
  const texts = useTexts()
  const { t } = texts
  const stores = useHubRead('/stores', { start: 0, end: BLOCK_MAX })
  return (
    <section className="card full">
      <h2>
        {t('overview.freshness')} <small>{t('overview.freshness_help')}</small>
        <a className="card-link" href="#/stores">
          {t('overview.all_stores')} <RightOutlined />
        </a>
      </h2>
      <PageBody polled={stores}>
        {({ rows }) => (
          <Table
            size="small"
            rowKey="store"
            pagination={false}
            columns={storeColumns(texts)}
            dataSource={quietestFirst(rows)}
            locale={{ emptyText: <NothingFound filters={{}} /> }}
          />
        )}
      </PageBody>
    </section>
  )
}

export default function OverviewPage() {
  const { t } = useTexts()
  const overview = useHubRead('/overview')
  return (
    <>
      <PageHead title={t('console.overview')} asOf={overview.answer?.as_of} />
      <PageBody polled={overview}>
        {(answer) => (
          <div className="overview">
            <Problems overview={answer} />
            <Alarms />
            <Cards overview={answer} />
            {answer.business_date === null ? (
              <section className="card full">
                <EmptyPanel title={t('overview.empty')} help={t('overview.empty_help')} />
              </section>
            ) : (
              <Charts overview={answer} />
            )}
            <Freshness />
          </div>
        )}
      </PageBody>
    </>
  )
}
