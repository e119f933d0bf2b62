// The shelf: goods near their date with labels that mark them down, and labels of prices that changed.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { ExpiringLot, PriceChanges } from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal, writeDecimal } from 'kit/decimal.ts'
import { formatFen, formatQuantity } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent } from 'react'
import { askStore, registerPath } from '../store-api.ts'
import { lotOf } from './correction-work.tsx'
import { RefusalLine, useAsked, useWrite } from './parts.tsx'

const PIECE_MILLI = 1_000
const LABELS_MAX = 500
/** Offered first; a person types another price. */
const MARKDOWN_PERCENT = 50

function halfPrice(fen: number | null): string {
  const part = (fen ?? 0) * MARKDOWN_PERCENT
  return writeDecimal((part - (part % 100)) / 100, FEN_DIGITS)
}

type MarkdownProps = { lot: ExpiringLot; onDone: () => void }

/** A price and a number of labels; one tap prints them. */
function Markdown({ lot, onDone }: MarkdownProps) {
  const { t } = useTexts()
  const { write, refusal, isAsking, approval } = useWrite()
  const pieces = Math.min(LABELS_MAX, Math.max(1, Math.floor(lot.quantity_milli / PIECE_MILLI)))
  const print = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const price_fen = parseDecimal(String(fields.get('price')), FEN_DIGITS)
    const copies = Number(fields.get('copies'))
    if (price_fen === null || !Number.isInteger(copies) || copies < 1) return
    const { item_id } = lot.item
    const label = { item_id, copies, price_fen, valid_until: lot.expires_on, lot_no: lot.lot_no }
    void write(registerPath('labels'), { template_id: 'markdown', labels: [label] }, onDone)
  }
  const takeOff = () => {
    const line = {
      item_id: lot.item.item_id,
      quantity_milli: lot.quantity_milli,
      lot: lotOf(lot),
      source: 'sellable',
      target: null,
    }
    void write('adjustments', { reason: 'expired', note: '', lines: [line] }, onDone)
  }
  return (
    <form className="goods-entry" onSubmit={print}>
      <label>
        {t('shelf.markdown_price')}
        <input name="price" inputMode="decimal" defaultValue={halfPrice(lot.item.unit_price_fen)} />
      </label>
      <label>
        {t('shelf.copies')}
        <input name="copies" inputMode="numeric" defaultValue={pieces} />
      </label>
      <Button htmlType="submit" className="confirm" loading={isAsking}>
        {t('shelf.print_markdown')}
      </Button>
      <Button className="confirm" danger onClick={takeOff}>
        {t('shelf.take_off')}
      </Button>
      <RefusalLine refusal={refusal} />
      {approval}
    </form>
  )
}

export function ExpiringWork() {
  const { t } = useTexts()
  const { answer: lots, refusal, reload } = useAsked<ExpiringLot[]>('expiring-lots')
  const [open, setOpen] = useState<ExpiringLot | null>(null)
  const [isDone, setDone] = useState(false)
  const finish = () => {
    setOpen(null)
    setDone(true)
    void reload()
  }
  if (refusal) return <RefusalLine refusal={refusal} />
  if (!lots) return <p aria-busy>{t('app.loading')}</p>
  return (
    <>
      {isDone ? (
        <p className="ok" role="status">
          {t('shelf.done')}
        </p>
      ) : null}
      {lots.length === 0 ? <p className="quiet">{t('shelf.nothing_expires')}</p> : null}
      <Lots lots={lots} open={open} onOpen={setOpen} onDone={finish} />
    </>
  )
}

type LotsProps = {
  lots: ExpiringLot[]
  open: ExpiringLot | null
  onOpen: (lot: ExpiringLot) => void
  onDone: () => void
}

function Lots({ lots, open, onOpen, onDone }: LotsProps) {
  const { t, nameOf } = useTexts()
  if (lots.length === 0) return null
  return (
    <div className="held-list" role="list" aria-label={t('shelf.expiring')}>
      {lots.map((lot) => {
        const quantity = formatQuantity(lot.quantity_milli, lot.item.unit_of_measure)
        const values = { date: lot.expires_on, days: Math.abs(lot.days_left) }
        const key = lot.days_left < 0 ? 'shelf.expired' : 'shelf.expires'
        return (
          <div key={`${lot.item.item_id} ${lotOf(lot)}`} role="listitem">
            <button type="button" className="held-row" onClick={() => onOpen(lot)}>
              <span>
                {nameOf(lot.item)}
                <small className={lot.days_left < 0 ? 'tender-problem' : undefined}>
                  {t(key, values)} · {lot.lot_no}
                </small>
              </span>
              <b>
                {lot.is_assumed ? t('shelf.assumed', { quantity }) : quantity}
                <small>{formatFen(lot.item.unit_price_fen ?? 0)}</small>
              </b>
            </button>
            {open === lot ? <Markdown lot={lot} onDone={onDone} /> : null}
          </div>
        )
      })}
    </div>
  )
}

export function LabelWork() {
  const { t, nameOf } = useTexts()
  const { answer: changes, refusal, reload } = useAsked<PriceChanges>('price-changes')
  const { write, refusal: refused, setRefusal, isAsking } = useWrite()
  if (refusal) return <RefusalLine refusal={refusal} />
  if (!changes) return <p aria-busy>{t('app.loading')}</p>
  const priced = changes.items.filter(({ unit_price_fen }) => unit_price_fen !== null)
  const print = () => {
    const labels = priced.map(({ item_id }) => ({ item_id, copies: 1 }))
    void write(registerPath('labels'), { template_id: 'shelf', labels }, () => undefined)
  }
  const note = async () => {
    try {
      await askStore<void>('price-changes', { method: 'PUT', body: changes.last })
      await reload()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    }
  }
  return (
    <div className="approval">
      <RefusalLine refusal={refused} />
      <p>{t('shelf.changes', { count: priced.length })}</p>
      <div className="dialog-buttons">
        <Button
          type="primary"
          className="confirm"
          disabled={priced.length === 0}
          loading={isAsking}
          onClick={print}
        >
          {t('shelf.print')}
        </Button>
        <Button className="confirm" disabled={priced.length === 0} onClick={() => void note()}>
          {t('shelf.hang')}
        </Button>
      </div>
      <div className="held-list" role="list" aria-label={t('shelf.labels')}>
        {priced.map((item) => (
          <div key={item.item_id} className="held-row" role="listitem">
            <span>
              {nameOf(item)}
              <small>{[item.shelf_place, item.sku].filter(Boolean).join(' · ')}</small>
            </span>
            <b>{formatFen(item.unit_price_fen ?? 0)}</b>
          </div>
        ))}
      </div>
    </div>
  )
}
