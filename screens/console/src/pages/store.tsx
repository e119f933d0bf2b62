// One store: how its box is, how far its journal has come, what it sells, and what needs a person.

import { WarningFilled } from '@ant-design/icons'
import type { StoreDetail } from 'kit/api-types.ts'
import { Age } from 'kit/ages.tsx'
import { formatCount, formatFen } from 'kit/format.ts'
import { PageBody, PageHead } from 'kit/list-page.tsx'
import { usePreferences, useTexts } from 'kit/preferences.tsx'
import { useMemo } from 'react'
import { Alarms } from '../alarms.tsx'
import { dayLine } from '../chart-options.ts'
import { Chart } from '../chart.tsx'
import { FactTable } from '../fact-parts.tsx'
import { FigureCard } from '../figure-card.tsx'
import { useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { fragmentOf } from '../route.ts'
import { Boxes, Parked, Quarantined } from '../store/box-tables.tsx'
import { Devices } from '../store/device-table.tsx'
import { JournalBar } from '../store/journal-bar.tsx'
import { splitOffset } from '../store/offset.ts'
import { StoreStateTag } from '../store-parts.tsx'

function ClockCard({ hello }: { hello: StoreDetail['hello'] }) {
  const { t } = useTexts()
  if (!hello) return <FigureCard label={t('store.clock')} value="—" note={t('store.no_hello')} />
  const { unit, count, isFast } = splitOffset(hello.clock_offset_ms)
  const size = t(`store.span.${unit}`, { count: formatCount(count) })
  const value = count === 0 ? t('store.clock_right') : size
  const wrong = (
    <>
      <WarningFilled /> {t('store.clock_wrong')}
    </>
  )
  const direction = t(isFast ? 'store.clock_fast' : 'store.clock_slow')
  return (
    <FigureCard
      label={t('store.clock')}
      value={value}
      note={hello.is_clock_wrong ? wrong : count === 0 ? t('store.clock_help') : direction}
      tone={hello.is_clock_wrong ? 'bad' : undefined}
    />
  )
}

function Cards({ detail }: { detail: StoreDetail }) {
  const { t } = useTexts()
  const { row, hello } = detail
  const troubles = row.parked + row.quarantined
  return (
    <div className="cards store-cards">
      <FigureCard
        label={t('stores.heard')}
        value={row.last_heard_at ? <Age instant={row.last_heard_at} /> : '—'}
        note={<StoreStateTag state={row.state} />}
      />
      {row.sales_fen === undefined ? null : (
        <FigureCard
          label={t('stores.sales')}
          value={formatFen(row.sales_fen)}
          note={row.last_business_date ?? t('store.never_sold')}
        />
      )}
      <FigureCard
        label={t('stores.unsent')}
        value={formatCount(row.unsent)}
        note={t('store.unsent_of', { seq: formatCount(row.journal_seq) })}
        tone={row.unsent > 0 ? 'warning' : undefined}
      />
      <FigureCard
        label={t('store.troubles')}
        value={formatCount(troubles)}
        note={t('store.troubles_of', { parked: row.parked, quarantined: row.quarantined })}
        tone={troubles > 0 ? 'bad' : 'ok'}
      />
      <ClockCard hello={hello} />
      <FigureCard
        label={t('store.software')}
        value={hello?.software_version || '—'}
        note={hello ? t('store.box', { box_id: hello.box_id, epoch: hello.epoch }) : '—'}
      />
    </div>
  )
}

function Sales({ days }: { days: NonNullable<StoreDetail['days']> }) {
  const { t, language } = useTexts()
  const { palette } = usePreferences()
  const option = useMemo(() => {
    const points = days.map((day) => ({ name: day.business_date, amount_fen: day.amount_fen }))
    return dayLine({ palette, language }, t('sales.amount'), points)
  }, [days, palette, language, t])
  return (
    <section className="card wide">
      <h2>{t('store.last_days')}</h2>
      <Chart option={option} heightPx={200} label={t('store.last_days')} />
    </section>
  )
}

function Store({ detail }: { detail: StoreDetail }) {
  const { t } = useTexts()
  const { row } = detail
  const href = fragmentOf({ path: 'facts', filters: { store: row.store } })
  return (
    <div className="store">
      <Alarms store={row.store} />
      <Cards detail={detail} />
      <JournalBar row={row} />
      {detail.parked.length > 0 ? (
        <Parked store={row.store} rows={detail.parked} total={row.parked} />
      ) : null}
      {detail.quarantined.length > 0 ? (
        <Quarantined rows={detail.quarantined} total={row.quarantined} />
      ) : null}
      {detail.days ? <Sales days={detail.days} /> : null}
      {detail.devices.length > 0 ? <Devices rows={detail.devices} /> : null}
      <Boxes rows={detail.boxes} />
      {detail.facts ? (
        <section className="card full">
          <h2>
            {t('store.last_facts')}
            <a className="card-link" href={href}>
              {t('store.all_facts')}
            </a>
          </h2>
          <FactTable rows={detail.facts} empty={t('fact.none')} />
        </section>
      ) : null}
    </div>
  )
}

export default function StorePage({ params }: PageProps) {
  const { nameOf } = useTexts()
  const { store = '' } = params
  const detail = useHubRead('/stores/{store}', { store })
  const row = detail.answer?.row
  const title = row ? `${nameOf(row)} ${store}` : store
  return (
    <>
      <PageHead title={title} asOf={detail.answer?.as_of}>
        {row ? (
          <span className="quiet">{[row.city, row.zone].filter(Boolean).join(' · ')}</span>
        ) : null}
      </PageHead>
      <PageBody polled={detail}>{(answer) => <Store detail={answer} />}</PageBody>
    </>
  )
}
