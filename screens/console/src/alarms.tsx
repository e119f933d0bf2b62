// What a person has to look at: histories of boxes, closed days, transfers; each leads to what is behind.

import { WarningFilled } from '@ant-design/icons'
import { Age } from 'kit/ages.tsx'
import type { AlarmRow } from 'kit/alarm-types.ts'
import { formatCount, formatMilli } from 'kit/format.ts'
import { CsvButton } from 'kit/list-page.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { FactLink, textOfCode } from './fact-parts.tsx'
import { hubUrl, useHubRead, useSignedIn } from './hub.tsx'
import { may } from './rights.ts'
import { fragmentOf } from './route.ts'
import { storeHref, useStoreNames } from './store-parts.tsx'

const TRANSFER = 'transfer_'

/** What a transfer's alarm is called and what to do stands with the transfers. */
function keyOf(row: AlarmRow): [group: string, code: string] {
  return row.document_no ? ['discrepancy', row.kind.slice(TRANSFER.length)] : ['alarm', row.kind]
}

/** A transfer leads to itself, all else to its store. */
function hrefOf({ document_no, store }: AlarmRow): string {
  return document_no
    ? fragmentOf({ path: 'transfers', filters: { transfer: document_no } })
    : storeHref(store)
}

function Figures({ row }: { row: AlarmRow }) {
  const { t } = useTexts()
  const parts = [
    row.kept_facts > 0 && t('alarm.kept', { count: formatCount(row.kept_facts) }),
    row.box_facts > 0 && t('alarm.lacked', { count: formatCount(row.box_facts) }),
    row.missing_milli > 0 && t('discrepancy.missing', { quantity: formatMilli(row.missing_milli) }),
    row.surplus_milli > 0 && t('discrepancy.surplus', { quantity: formatMilli(row.surplus_milli) }),
  ]
  return <span className="discrepancy-figures">{parts.filter(Boolean).join(' · ')}</span>
}

function Behind({ row }: { row: AlarmRow }) {
  const { t } = useTexts()
  if (row.business_date) return <>{t('alarm.day', { date: row.business_date })}</>
  if (!row.box_id) return null
  return (
    <>
      {t('alarm.box', { box_id: row.box_id, epoch: row.epoch })}{' '}
      {row.first_seq > 0 ? (
        <FactLink place={{ store: row.store, epoch: row.epoch, seq: row.first_seq }}>
          {t('alarm.first_fact')}
        </FactLink>
      ) : null}
    </>
  )
}

function Machines({ row }: { row: AlarmRow }) {
  const { t } = useTexts()
  if (row.machines.length === 0) return null
  return (
    <ul className="alarm-machines" aria-label={t('alarm.machines')}>
      {row.machines.map(({ boot_id, tail_seq, heard_at }) => (
        <li key={boot_id}>
          <code>{t('alarm.machine', { boot_id, seq: formatCount(tail_seq) })}</code>{' '}
          <Age instant={heard_at} />
        </li>
      ))}
    </ul>
  )
}

function Alarm({ row, isOfStore }: { row: AlarmRow; isOfStore: boolean }) {
  const { t } = useTexts()
  const storeName = useStoreNames()
  const [group, code] = keyOf(row)
  const names = { source: storeName(row.store), target: storeName(row.target_store) }
  const act = textOfCode(t, group, `${code}_act`, { ...names, store: row.store })
  return (
    <li className={`discrepancy alarm-${row.kind}`}>
      <a className="link" href={hrefOf(row)}>
        {row.document_no || row.store}
      </a>
      <b>{textOfCode(t, group, code)}</b>
      <span>
        {row.document_no ? `${names.source} → ${names.target}` : isOfStore ? null : names.source}{' '}
        <Behind row={row} />
      </span>
      <Figures row={row} />
      <span className="quiet">
        {row.since ? <Age instant={row.since} /> : null}{' '}
        {row.times > 1 ? t('alarm.times', { count: formatCount(row.times) }) : null}
      </span>
      <span className="discrepancy-act">{act === `${code}_act` ? null : act}</span>
      {isOfStore ? <Machines row={row} /> : null}
    </li>
  )
}

/** Of one store, or of all within reach; nothing while all is well. */
function AlarmList({ store }: { store: string }) {
  const { t } = useTexts()
  const { answer } = useHubRead('/alarms', { store })
  if (!answer || answer.total === 0) return null
  const { rows, total } = answer
  return (
    <section className="card full discrepancies" aria-label={t('alarm.title')}>
      <h2>
        <WarningFilled /> {t('alarm.title')}{' '}
        <small>
          {total > rows.length ? t('alarm.more', { total, shown: rows.length }) : total}
        </small>
        <CsvButton href={hubUrl('/alarms.csv', { store })} />
      </h2>
      <ul>
        {rows.map((row) => (
          <Alarm
            key={`${row.store}/${row.kind}/${row.document_no}/${row.business_date}`}
            row={row}
            isOfStore={store !== ''}
          />
        ))}
      </ul>
    </section>
  )
}

export function Alarms({ store = '' }: { store?: string }) {
  const { session } = useSignedIn()
  return may(session, 'read_stores') ? <AlarmList store={store} /> : null
}
