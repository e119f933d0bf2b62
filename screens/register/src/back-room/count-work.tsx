// Counts stock blind, line by line, while the store sells; the close tells what was found and missing.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { AisleProgress, ClosedCount, CountLine, Refusal, StockCount } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useState } from 'react'
import { GoodsEntry } from './goods-entry.tsx'
import { askStore } from '../store-api.ts'
import { useAsked } from './parts.tsx'
import { lotOf } from './correction-work.tsx'
import type { Entered } from './work.ts'

/** Others count, too. */
const AISLES_MS = 3_000

function useCount() {
  const [open, setOpen] = useState<StockCount[] | null>(null)
  const [count, setCount] = useState<StockCount | null>(null)
  const [lines, setLines] = useState<CountLine[]>([])
  const [recounts, setRecounts] = useState<CountLine[] | null>(null)
  const [closed, setClosed] = useState<ClosedCount | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const attempt = async (act: () => Promise<void>) => {
    setRefusal(null)
    try {
      await act()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    }
  }
  const write = <Answer,>(path: string, body: unknown = {}) => {
    const headers = { 'idempotency-key': newId() }
    return askStore<Answer>(path, { method: 'POST', body, headers })
  }
  const join = (one: StockCount) =>
    attempt(async () => {
      setLines(await askStore<CountLine[]>(`counts/${one.count_id}`))
      setCount(one)
    })
  const begin = (reason: 'cycle' | 'full') =>
    attempt(async () => setCount(await write<StockCount>('counts', { reason })))
  const enter = ({ item, quantity_milli, ...rest }: Entered) =>
    attempt(async () => {
      const path = `counts/${count?.count_id}/lines`
      const counted = { item_id: item.item_id, quantity_milli, lot: lotOf(rest) }
      const line = await write<CountLine>(path, counted)
      const isOther = (one: CountLine) => one.item_id !== line.item_id || one.lot !== line.lot
      setLines((before) => [line, ...before.filter(isOther)])
      setRecounts((before) => before?.filter(isOther) ?? null)
    })
  /** First what differs is looked at again; whoever asks twice closes with what is there. */
  const close = () =>
    attempt(async () => {
      const path = `counts/${count?.count_id}`
      const unsure = recounts === null ? await askStore<CountLine[]>(`${path}/recounts`) : []
      if (unsure.length > 0) return setRecounts(unsure)
      setClosed(await write<ClosedCount>(`${path}/close`))
      setRecounts(null)
      setCount(null)
    })
  useEffect(() => {
    askStore<StockCount[]>('counts').then(setOpen, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    })
  }, [])
  return { open, count, lines, recounts, closed, refusal, setRefusal, join, begin, enter, close }
}

function Closed({ closed }: { closed: ClosedCount }) {
  const { t, nameOf } = useTexts()
  const different = closed.lines.filter((line) => line.variance_milli !== 0)
  return (
    <section aria-label={t('count.result')}>
      <b>{t('count.closed', { count_no: closed.count_no, lines: closed.lines.length })}</b>
      <div className="held-list" role="list">
        {different.map((line) => (
          <div key={`${line.item_id} ${line.lot}`} className="held-row" role="listitem">
            <span>{nameOf(line)}</span>
            <b className={line.variance_milli < 0 ? 'tender-problem' : 'ok'}>
              {formatQuantity(line.variance_milli, line.unit_of_measure)}
            </b>
          </div>
        ))}
        {different.length === 0 ? <p>{t('count.no_difference')}</p> : null}
      </div>
    </section>
  )
}

/** What differs from the books: said without a number, so that the second look is blind, too. */
function Recounts({ lines }: { lines: CountLine[] }) {
  const { t, nameOf } = useTexts()
  return (
    <section className="binding-refusal" role="status" aria-label={t('count.again')}>
      <b>{t('count.again_help', { lines: lines.length })}</b>
      <ul>
        {lines.map((line) => (
          <li key={`${line.item_id} ${line.lot}`}>
            {nameOf(line)} {line.lot}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** How far the count came, aisle by aisle; whoever counts sees where nobody was yet. */
function Aisles({ countId, isNews }: { countId: string; isNews: unknown }) {
  const { t } = useTexts()
  const { answer: aisles, reload } = useAsked<AisleProgress[]>(`counts/${countId}/progress`)
  useEffect(() => {
    void reload()
    const timer = setInterval(() => void reload(), AISLES_MS)
    return () => clearInterval(timer)
  }, [reload, isNews])
  return (
    <div className="aisles" role="list" aria-label={t('count.aisles')}>
      {aisles?.map(({ aisle, items, counted }) => (
        <div
          key={aisle}
          role="listitem"
          className={counted === 0 ? 'aisle' : counted < items ? 'aisle begun' : 'aisle done'}
        >
          <b>{aisle || t('count.no_aisle')}</b>
          <span>{t('count.aisle_done', { counted, items })}</span>
        </div>
      ))}
    </div>
  )
}

export function CountWork() {
  const { t, nameOf, detailOf } = useTexts()
  const { open, count, lines, recounts, closed, refusal, setRefusal, ...acts } = useCount()
  return (
    <div className="approval">
      {refusal ? (
        <div className="binding-refusal" role="alert">
          {detailOf(refusal)}
        </div>
      ) : null}
      {closed ? <Closed closed={closed} /> : null}
      {count ? (
        <>
          <GoodsEntry
            hasLots
            allowsNone
            onEnter={(entered) => void acts.enter(entered)}
            onRefuse={setRefusal}
          />
          {recounts && recounts.length > 0 ? <Recounts lines={recounts} /> : null}
          <Aisles countId={count.count_id} isNews={lines} />
          <div className="held-list" role="list" aria-label={t('count.lines')}>
            {lines.map((line) => (
              <div key={`${line.item_id} ${line.lot}`} className="held-row" role="listitem">
                <span>
                  {nameOf(line)}
                  <small>
                    {t('count.by', { staff_no: line.counted_by })} {line.lot}
                  </small>
                </span>
                <b>{formatQuantity(line.counted_milli, line.unit_of_measure)}</b>
              </div>
            ))}
          </div>
          <Button type="primary" className="confirm" onClick={() => void acts.close()}>
            {t(recounts === null ? 'count.close' : 'count.close_now')}
          </Button>
        </>
      ) : (
        <div className="dialog-buttons">
          <Button type="primary" className="confirm" onClick={() => void acts.begin('cycle')}>
            {t('count.begin_cycle')}
          </Button>
          <Button className="confirm" onClick={() => void acts.begin('full')}>
            {t('count.begin_full')}
          </Button>
          {open?.map((one) => (
            <Button key={one.count_id} className="confirm" onClick={() => void acts.join(one)}>
              {t('count.join', { staff_no: one.staff_no, lines: one.lines })}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}
