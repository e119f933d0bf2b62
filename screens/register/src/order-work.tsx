// Receives and sends goods by order: what was expected stands beside what is there.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Item, Orders, Refusal } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { refuse } from 'kit/text/index.ts'
import { useCallback, useEffect, useMemo, useState } from 'react'
import {
  expectAll,
  handledLines,
  itemOfCode,
  worksOf,
  type Handled,
  type Work,
} from './back-room.ts'
import { GoodsEntry } from './goods-entry.tsx'
import { askStore } from './store-api.ts'

function useOrders() {
  const [orders, setOrders] = useState<Orders | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  useEffect(() => {
    askStore<Orders>('orders').then(setOrders, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    })
  }, [])
  return { orders, refusal, setRefusal }
}

type OrderedGoodsProps = { work: Work; items: Item[]; handled: Handled }

/** What was ordered beside what is there. */
function OrderedGoods({ work, items, handled }: OrderedGoodsProps) {
  const { t, nameOf } = useTexts()
  return (
    <div className="held-list" role="list" aria-label={t('back_room.lines')}>
      {work.lines.map(({ item_id, quantity_milli }) => {
        const item = items.find((one) => one.item_id === item_id)
        const unit = item?.unit_of_measure ?? 'piece'
        const there = handled[item_id] ?? 0
        const quantity = formatQuantity(quantity_milli, unit)
        return (
          <div key={item_id} className="held-row" role="listitem">
            <span>
              {item ? nameOf(item) : item_id}
              <small>{t('back_room.ordered', { quantity })}</small>
            </span>
            <b className={there === quantity_milli ? 'ok' : undefined}>
              {formatQuantity(there, unit)}
            </b>
          </div>
        )
      })}
    </div>
  )
}

type HandlingProps = {
  work: Work
  items: Item[]
  onDone: () => void
  onBack: () => void
}

/** One order: scan what is there, or take it all as it was ordered; then confirm once. */
function Handling({ work, items, onDone, onBack }: HandlingProps) {
  const { t, detailOf } = useTexts()
  const [handled, setHandled] = useState<Handled>({})
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  // The same key however often it is tried: goods are not received twice.
  const key = useMemo(newId, [])
  const itemsOfOrder = items.filter((item) => work.lines.some((l) => l.item_id === item.item_id))
  const enter = (item: Item, quantityMilli: number) => {
    setRefusal(null)
    setHandled((before) => {
      const soFar = before[item.item_id] ?? 0
      return { ...before, [item.item_id]: soFar + quantityMilli }
    })
  }
  const confirm = async () => {
    const headers = { 'idempotency-key': key }
    const body = { lines: handledLines(handled) }
    try {
      await askStore(work.path, { method: 'POST', body, headers })
      onDone()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    }
  }
  return (
    <div className="approval">
      <b>
        {t(`back_room.${work.kind}`)} · {work.order_no} · {work.partner}
      </b>
      <GoodsEntry
        find={async (code) => itemOfCode(itemsOfOrder, code)}
        onEnter={enter}
        onUnknown={(code) => setRefusal(refuse('not_on_order', 'back_room.not_on_order', { code }))}
      />
      {refusal ? (
        <div className="binding-refusal" role="alert">
          {detailOf(refusal)}
        </div>
      ) : null}
      <OrderedGoods {...{ work, items, handled }} />
      <div className="dialog-buttons">
        <Button className="confirm" onClick={() => setHandled(expectAll(work))}>
          {t('back_room.as_ordered')}
        </Button>
        <Button
          type="primary"
          className="confirm"
          disabled={handledLines(handled).length === 0}
          onClick={() => void confirm()}
        >
          {t('back_room.confirm')}
        </Button>
      </div>
      <Button type="text" onClick={onBack}>
        {t('back_room.back')}
      </Button>
    </div>
  )
}

export function OrderWork({ store }: { store: string }) {
  const { t, detailOf } = useTexts()
  const { orders, refusal } = useOrders()
  const [work, setWork] = useState<Work | null>(null)
  const [done, setDone] = useState<readonly string[]>([])
  const finish = useCallback((finished: Work) => {
    setDone((before) => [...before, finished.path])
    setWork(null)
  }, [])
  if (refusal) return <p role="alert">{detailOf(refusal)}</p>
  if (!orders) return <p aria-busy>{t('app.loading')}</p>
  if (work) {
    const props = { work, items: orders.items, onBack: () => setWork(null) }
    return <Handling {...props} onDone={() => finish(work)} />
  }
  const works = worksOf(orders, store)
  return (
    <div className="held-list">
      {works.length === 0 ? <p className="quiet">{t('back_room.nothing')}</p> : null}
      {works.map((one) => (
        <button
          key={one.path}
          type="button"
          className="held-row"
          disabled={done.includes(one.path)}
          onClick={() => setWork(one)}
        >
          <span>
            {t(`back_room.${one.kind}`)} · {one.order_no}
            <small>
              {one.partner} · {t('back_room.line_count', { count: one.lines.length })}
            </small>
          </span>
          {done.includes(one.path) ? <b className="ok">{t('back_room.done')}</b> : null}
        </button>
      ))}
    </div>
  )
}
