// Receives and sends goods by order: scan what is there, look at the differences, confirm once.

import { Button } from 'antd'
import type { Item, Orders } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { refuse } from 'kit/text/index.ts'
import { useState } from 'react'
import { GoodsEntry } from './goods-entry.tsx'
import { ChoiceBar, EnteredList, RefusalLine, useAsked, useWrite } from './parts.tsx'
import { SlipField, SlipOffer } from './slip-work.tsx'
import {
  addEntered,
  compare,
  expectAll,
  GOODS_STATES,
  handledLines,
  worksOf,
  type Comparison,
  type Entered,
  type GoodsState,
  type Work,
} from './work.ts'

type RowsProps = { rows: Comparison[]; items: Item[] }

/** What is still expected beside what is there; what differs stands first. */
function Rows({ rows, items }: RowsProps) {
  const { t, nameOf } = useTexts()
  return (
    <div className="held-list" role="list" aria-label={t('back_room.lines')}>
      {rows.map(({ item_id, expected_milli, there_milli, difference_milli }) => {
        const item = items.find((one) => one.item_id === item_id)
        const unit = item?.unit_of_measure ?? 'piece'
        const sign = difference_milli > 0 ? '+' : ''
        const quantity = formatQuantity(expected_milli, unit)
        return (
          <div key={item_id} className="held-row" role="listitem">
            <span>
              {item ? nameOf(item) : item_id}
              <small>{t('back_room.expected', { quantity })}</small>
            </span>
            <b className={difference_milli === 0 ? 'ok' : undefined}>
              {formatQuantity(there_milli, unit)}
              {difference_milli === 0 ? null : (
                <small className="difference">
                  {sign}
                  {formatQuantity(difference_milli, unit)}
                </small>
              )}
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

function useHandling({ work, items, onDone }: HandlingProps) {
  const [lines, setLines] = useState<Entered[]>([])
  const [state, setState] = useState<GoodsState>('sellable')
  const [isLookedAt, setLookedAt] = useState(false)
  const writing = useWrite()
  const change = (next: Entered[]) => {
    writing.setRefusal(null)
    setLookedAt(false)
    setLines(next)
  }
  const rows = compare(work, lines)
  const differing = rows.filter((row) => row.difference_milli !== 0).length
  const confirm = () => {
    if (differing > 0 && !isLookedAt) return setLookedAt(true)
    void writing.write(work.path, { lines: handledLines(lines) }, onDone)
  }
  const refuses = (item: Item) => {
    const isOrdered = work.lines.some(({ item_id }) => item_id === item.item_id)
    const values = { code: item.sku }
    return isOrdered ? null : refuse('not_on_order', 'back_room.not_on_order', values)
  }
  return {
    lines,
    state,
    rows,
    differing,
    isLookedAt,
    writing,
    refuses,
    confirm,
    setState,
    enter: (one: Entered) => change(addEntered(lines, one)),
    remove: (one: Entered) => change(lines.filter((line) => line !== one)),
    asOrdered: () => change(expectAll(work, items)),
  }
}

/** One order. Whoever receives with differences sees them before the second tap. */
function Handling(props: HandlingProps) {
  const { t } = useTexts()
  const { work, items, onBack } = props
  const handling = useHandling(props)
  const { lines, rows, differing, isLookedAt, writing } = handling
  const states = work.kind === 'ship' ? [] : GOODS_STATES
  return (
    <div className="approval">
      <b>
        {t(`back_room.${work.kind}`)} · {work.order_no} · {work.partner}
      </b>
      {states.length > 0 ? (
        <ChoiceBar
          label={t('back_room.state')}
          values={states}
          value={handling.state}
          nameOf={(one) => t(`state.${one}`)}
          onChoose={handling.setState}
        />
      ) : null}
      <GoodsEntry
        hasLots
        state={handling.state}
        refuses={handling.refuses}
        onEnter={handling.enter}
        onRefuse={writing.setRefusal}
      />
      <RefusalLine refusal={writing.refusal} />
      {isLookedAt ? (
        <p className="strip strip-warning" role="status">
          {t('back_room.differences', { count: differing })}
        </p>
      ) : (
        <EnteredList
          lines={lines}
          label={t('back_room.entered')}
          onRemove={(line) => handling.remove(line)}
        />
      )}
      <Rows rows={rows} items={items} />
      <div className="dialog-buttons">
        <Button className="confirm" onClick={handling.asOrdered}>
          {t('back_room.as_ordered')}
        </Button>
        <Button
          type="primary"
          className="confirm"
          disabled={lines.length === 0}
          loading={writing.isAsking}
          onClick={handling.confirm}
        >
          {isLookedAt ? t('back_room.confirm_differences') : t('back_room.confirm')}
        </Button>
      </div>
      <Button type="text" onClick={onBack}>
        {t('back_room.back')}
      </Button>
    </div>
  )
}

function progressOf(work: Work): 'open' | 'part' {
  return work.lines.some(({ handled_milli }) => handled_milli > 0) ? 'part' : 'open'
}

export function OrderWork({ store }: { store: string }) {
  const { t } = useTexts()
  const { answer: orders, refusal, reload } = useAsked<Orders>('orders')
  const [work, setWork] = useState<Work | null>(null)
  const [done, setDone] = useState<Work | null>(null)
  if (refusal) return <RefusalLine refusal={refusal} />
  if (!orders) return <p aria-busy>{t('app.loading')}</p>
  if (work) {
    const finish = () => {
      setDone(work)
      setWork(null)
      void reload()
    }
    const back = () => setWork(null)
    return <Handling {...{ work, items: orders.items }} onDone={finish} onBack={back} />
  }
  const works = worksOf(orders, store)
  return (
    <div className="held-list">
      {done === null ? null : (
        <p className="ok" role="status">
          {t('back_room.order_done', { order_no: done.order_no })}
        </p>
      )}
      {done?.kind === 'ship' ? <SlipOffer transferNo={done.order_no} /> : null}
      <SlipField onTaken={() => void reload()} />
      {works.length === 0 ? <p className="quiet">{t('back_room.nothing')}</p> : null}
      {works.map((one) => (
        <button key={one.path} type="button" className="held-row" onClick={() => setWork(one)}>
          <span>
            {t(`back_room.${one.kind}`)} · {one.order_no}
            <small>
              {one.partner} · {t('back_room.line_count', { count: one.lines.length })}
            </small>
          </span>
          {progressOf(one) === 'part' ? <b>{t('back_room.part')}</b> : null}
        </button>
      ))}
    </div>
  )
}
