// One fact with everything that is known of it: what it says, what it did, what it belongs to.

import { Alert, Descriptions } from 'antd'
import type { FactDetail } from 'kit/api-types.ts'
import { formatCount, formatInstant } from 'kit/format.ts'
import { PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { ReceiptPaper } from 'kit/receipt-paper.tsx'
import type { ReactNode } from 'react'
import { FactStateTag, FactTable, textOfCode } from '../fact-parts.tsx'
import { Entry, Movements } from '../fact/books.tsx'
import { PayloadView } from '../fact/payload.tsx'
import { useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { ParkedHelp } from '../parked-help.tsx'
import { fragmentOf } from '../route.ts'
import { storeHref, StoreName } from '../store-parts.tsx'

/** A fact never changes; only what became of it does. */
const STATE_EVERY_MS = 15_000

type Pair = [label: string, value: ReactNode]

function Pairs({ pairs }: { pairs: Pair[] }) {
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2, xl: 3 }}
      items={pairs.map(([label, children]) => ({ key: label, label, children }))}
    />
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function StaffLink({ fact }: { fact: FactDetail }) {
  const filters = { store: fact.store, staff_no: fact.staff_no }
  return (
    <a className="link" href={fragmentOf({ path: 'facts', filters })}>
      {fact.staff_no}
    </a>
  )
}

function envelopeOf(fact: FactDetail, { t, nameOf, language }: Texts): Pair[] {
  const name = nameOf({ name: fact.store_name, name_en: fact.store_name_en })
  return [
    [
      t('list.store'),
      <a key="store" className="link" href={storeHref(fact.store)}>
        <StoreName store={fact.store} name={name} />
      </a>,
    ],
    [t('fact.business_date'), fact.business_date ?? '—'],
    [t('fact.staff'), fact.staff_no ? <StaffLink fact={fact} /> : '—'],
    [t('fact.register'), fact.register_no || t('fact.back_room')],
    [t('fact.wall_at'), fact.wall_at ? formatInstant(fact.wall_at, language) : '—'],
    [t('fact.received_at'), formatInstant(fact.received_at, language)],
    [t('fact.box'), fact.box_id || '—'],
    [t('fact.epoch_seq'), `${fact.epoch} / ${fact.seq}`],
    [t('fact.id'), <code key="id">{fact.fact_id ?? '—'}</code>],
  ]
}

function postingOf(fact: FactDetail, { t }: Texts): Pair[] {
  const { posting } = fact
  return [
    [t('fact.receive_no'), formatCount(fact.receive_no)],
    [t('fact.apply_no'), posting ? formatCount(posting.apply_no) : '—'],
    [t('fact.period'), posting ? posting.period : '—'],
    [t('fact.document_version'), posting ? formatCount(posting.document_version) : '—'],
    [t('fact.schema_version'), String(fact.schema_version)],
    [t('fact.boot'), `${fact.boot_id.slice(0, 8) || '—'} + ${formatCount(fact.monotonic_ms)} ms`],
    [t('fact.body_bytes'), t('fact.bytes', { count: formatCount(fact.body_bytes) })],
    [t('fact.head'), <code key="head">{fact.head.slice(0, 16)}…</code>],
  ]
}

function Neighbours({ fact }: { fact: FactDetail }) {
  const { t } = useTexts()
  const missing = fact.missing_causes
  return (
    <>
      {fact.causes.length + missing.length > 0 ? (
        <Part title={t('fact.causes')}>
          {missing.length > 0 ? (
            <Alert
              type="warning"
              showIcon
              className="stale"
              title={t('fact.missing_causes', { ids: missing.join(', ') })}
            />
          ) : null}
          <FactTable rows={fact.causes} empty={t('fact.none')} />
        </Part>
      ) : null}
      {fact.effects.length > 0 ? (
        <Part title={t('fact.effects')}>
          <FactTable rows={fact.effects} empty={t('fact.none')} />
        </Part>
      ) : null}
    </>
  )
}

function Warnings({ fact }: { fact: FactDetail }) {
  const { t } = useTexts()
  const { parking, unknown_fields: unknown } = fact
  return (
    <>
      {parking ? (
        <Alert
          type="error"
          showIcon
          className="stale"
          title={textOfCode(t, 'parked', parking.reason_code)}
          description={<ParkedHelp reasonCode={parking.reason_code} detail={parking.detail} />}
        />
      ) : null}
      {unknown.length > 0 ? (
        <Alert
          type="info"
          showIcon
          className="stale"
          title={t('fact.unknown_fields', { numbers: unknown.join(', ') })}
        />
      ) : null}
    </>
  )
}

function Fact({ fact }: { fact: FactDetail }) {
  const texts = useTexts()
  const { t } = texts
  return (
    <div className={fact.receipt ? 'fact fact-with-paper' : 'fact'}>
      <div className="fact-parts">
        <Warnings fact={fact} />
        <Part title={t('fact.envelope')}>
          <Pairs pairs={envelopeOf(fact, texts)} />
        </Part>
        {fact.entry && fact.entry.length > 0 ? (
          <Part title={t('fact.entry')}>
            <Entry rows={fact.entry} period={fact.posting?.period ?? ''} />
          </Part>
        ) : null}
        {fact.movements.length > 0 ? (
          <Part title={t('fact.movements')}>
            <Movements rows={fact.movements} />
          </Part>
        ) : null}
        <Neighbours fact={fact} />
        {Object.keys(fact.payload).length > 0 ? (
          <Part title={t('fact.payload')}>
            <PayloadView payload={fact.payload} items={fact.items} />
          </Part>
        ) : null}
        <Part title={t('fact.record')}>
          <Pairs pairs={postingOf(fact, texts)} />
          {fact.body_head === undefined ? null : (
            <code className="bytes" aria-label={t('fact.body_head')}>
              {fact.body_head.replace(/(..)(?=.)/g, '$1 ')}
              {fact.body_bytes * 2 > fact.body_head.length ? ' …' : ''}
            </code>
          )}
        </Part>
      </div>
      {fact.receipt ? <ReceiptPaper receipt={fact.receipt} /> : null}
    </div>
  )
}

export default function FactPage({ params }: PageProps) {
  const { t } = useTexts()
  const { store, epoch, seq } = params
  const fact = useHubRead('/facts/{store}/{epoch}/{seq}', { store, epoch, seq }, STATE_EVERY_MS)
  const kind = fact.answer ? textOfCode(t, 'kind', fact.answer.kind) : ''
  return (
    <>
      <PageHead title={`${kind} ${store}/${epoch}/${seq}`} asOf={fact.answer?.as_of}>
        {fact.answer ? <FactStateTag state={fact.answer.state} /> : null}
      </PageHead>
      <PageBody polled={fact}>{(answer) => <Fact fact={answer} />}</PageBody>
    </>
  )
}
