// Sends goods back to their supplier: of which delivery, what, and why.

import { Button } from 'antd'
import type { Item, Orders, PurchaseOrder } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { refuse } from 'kit/text/index.ts'
import { useState } from 'react'
import { GoodsEntry } from './goods-entry.tsx'
import { ChoiceBar, EnteredList, RefusalLine, useAsked, useWrite } from './parts.tsx'
import { wantedLines } from './request-work.tsx'
import { addEntered, GOODS_STATES, type Entered, type GoodsState } from './work.ts'

const REASONS = ['damaged', 'expired', 'wrong_item', 'quality'] as const
type Reason = (typeof REASONS)[number]

type ReturningProps = { order: PurchaseOrder; onDone: () => void; onBack: () => void }

function Returning({ order, onDone, onBack }: ReturningProps) {
  const { t } = useTexts()
  const [lines, setLines] = useState<Entered[]>([])
  const [state, setState] = useState<GoodsState>('damaged')
  const [reason, setReason] = useState<Reason>('damaged')
  const { write, refusal, setRefusal, isAsking } = useWrite()
  const refuses = (item: Item) => {
    const isOrdered = order.lines.some(({ item_id }) => item_id === item.item_id)
    return isOrdered ? null : refuse('not_on_order', 'back_room.not_on_order', { code: item.sku })
  }
  const path = `purchase-orders/${encodeURIComponent(order.purchase_order_no)}/return`
  const confirm = () => void write(path, { state, reason, lines: wantedLines(lines) }, onDone)
  return (
    <div className="approval">
      <b>
        {order.purchase_order_no} · {order.supplier_no}
      </b>
      <ChoiceBar
        label={t('back_room.state')}
        values={GOODS_STATES}
        value={state}
        nameOf={(one) => t(`state.${one}`)}
        onChoose={setState}
      />
      <ChoiceBar
        label={t('void.reason')}
        values={REASONS}
        value={reason}
        nameOf={(one) => t(`supplier_return.${one}`)}
        onChoose={setReason}
      />
      <GoodsEntry
        refuses={refuses}
        onEnter={(one) => setLines((before) => addEntered(before, one))}
        onRefuse={setRefusal}
      />
      <RefusalLine refusal={refusal} />
      <EnteredList
        lines={lines}
        label={t('back_room.entered')}
        onRemove={(line) => setLines(lines.filter((one) => one !== line))}
      />
      <Button
        type="primary"
        className="confirm"
        disabled={lines.length === 0}
        loading={isAsking}
        onClick={confirm}
      >
        {t('supplier_return.confirm')}
      </Button>
      <Button type="text" onClick={onBack}>
        {t('back_room.back')}
      </Button>
    </div>
  )
}

export function SupplierReturnWork() {
  const { t } = useTexts()
  const { answer, refusal } = useAsked<Orders>('received-orders')
  const [order, setOrder] = useState<PurchaseOrder | null>(null)
  const [isDone, setDone] = useState(false)
  if (refusal) return <RefusalLine refusal={refusal} />
  if (!answer) return <p aria-busy>{t('app.loading')}</p>
  if (order) {
    const finish = () => {
      setOrder(null)
      setDone(true)
    }
    return <Returning order={order} onDone={finish} onBack={() => setOrder(null)} />
  }
  return (
    <div className="held-list">
      {isDone ? (
        <p className="ok" role="status">
          {t('supplier_return.done')}
        </p>
      ) : null}
      {answer.purchase_orders.length === 0 ? (
        <p className="quiet">{t('supplier_return.nothing')}</p>
      ) : null}
      {answer.purchase_orders.map((one) => (
        <button
          key={one.purchase_order_no}
          type="button"
          className="held-row"
          onClick={() => setOrder(one)}
        >
          <span>
            {one.purchase_order_no}
            <small>
              {one.supplier_no} · {t('back_room.line_count', { count: one.lines.length })}
            </small>
          </span>
        </button>
      ))}
    </div>
  )
}
