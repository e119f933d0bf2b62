// Counts stock blind, line by line, while the store sells; the close tells what was found and missing.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { ClosedCount, CountLine, Refusal, StockCount } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useState } from 'react'
import { GoodsEntry } from './goods-entry.tsx'
import { askStore } from '../store-api.ts'
import { lotOf } from './correction-work.tsx'
import type { Entered } from './work.ts'

function useCount() {
  const [open, setOpen] = useState<StockCount[] | null>(null)
  const [count, setCount] = useState<StockCount | null>(null)
  const [lines, setLines] = useState<CountLine[]>([])
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
    })
  const close = () =>
    attempt(async () => {
      setClosed(await write<ClosedCount>(`counts/${count?.count_id}/close`))
      setCount(null)
    })
  useEffect(() => {
    askStore<StockCount[]>('counts').then(setOpen, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    })
  }, [])
  return { open, count, lines, closed, refusal, setRefusal, join, begin, enter, close }
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

export function CountWork() {
  const { t, nameOf, detailOf } = useTexts()
  const { open, count, lines, closed, refusal, setRefusal, ...acts } = useCount()
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
            {t('count.close')}
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
