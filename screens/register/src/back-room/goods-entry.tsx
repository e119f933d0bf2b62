// Scans or types goods, then how many, and of which lot: what every work of the back room begins with.

import { Button } from 'antd'
import { ApiError, pathWithQuery } from 'kit/api-client.ts'
import type { GoodsRead, Item, Refusal } from 'kit/api-types.ts'
import { MILLI_DIGITS, parseDecimal, writeDecimal } from 'kit/decimal.ts'
import { useTexts } from 'kit/preferences.tsx'
import { refuse } from 'kit/text/index.ts'
import { useRef, useState, type FormEvent } from 'react'
import { askStore } from '../store-api.ts'
import { CODE_LENGTH_MAX, ONE_PIECE_MILLI } from '../till-actions.ts'
import { useScans } from './scans.ts'
import { parseExpiry, writeExpiry, type Entered, type GoodsState } from './work.ts'

const LOT_LENGTH_MAX = 20

/** What is being entered: an item, and what the code said of it. */
type Pending = { item: Item; read: GoodsRead }

type GoodsEntryProps = {
  /** Lots and dates are asked for, too. */
  hasLots?: boolean
  /** In which state the goods are. */
  state?: GoodsState
  /** Nothing there is something, too: a count. */
  allowsNone?: boolean
  /** Why an item is none of this work; null when it is. */
  refuses?: (item: Item) => Refusal | null
  onEnter: (entered: Entered) => void
  onRefuse: (refusal: Refusal | null) => void
}

type Fields = { quantity: string; lot_no: string; expiry: string }
const NO_FIELDS: Fields = { quantity: '', lot_no: '', expiry: '' }

/** What the code says goes before what was typed while it was looked up. */
function fieldsOf({ quantity_milli, lot_no, expires_on }: GoodsRead, typed: Fields): Fields {
  const quantity = quantity_milli === null ? '' : writeDecimal(quantity_milli, MILLI_DIGITS)
  return {
    quantity: quantity || typed.quantity,
    lot_no: lot_no || typed.lot_no,
    expiry: writeExpiry(expires_on) || typed.expiry,
  }
}

function useEntry(props: GoodsEntryProps) {
  const { hasLots, state = 'sellable', allowsNone, refuses, onEnter, onRefuse } = props
  const [pending, setPending] = useState<Pending | null>(null)
  const [choices, setChoices] = useState<Pending[]>([])
  const [fields, setFields] = useState(NO_FIELDS)
  const pick = (one: Pending | null) => {
    setPending(one)
    setChoices([])
    setFields((typed) => (one ? fieldsOf(one.read, typed) : NO_FIELDS))
  }
  const find = async (code: string, symbology = '') => {
    onRefuse(null)
    let read: GoodsRead
    try {
      read = await askStore<GoodsRead>(pathWithQuery('goods', { code, symbology }))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return onRefuse(error.refusal)
    }
    const [first] = read.items
    if (!first) return onRefuse(refuse('unknown_goods', 'back_room.unknown_goods', { code }))
    const fitting = read.items.filter((item) => !refuses?.(item))
    const [one, ...others] = fitting
    if (!one) return onRefuse(refuses?.(first) ?? null)
    if (others.length > 0) return setChoices(fitting.map((item) => ({ item, read })))
    pick({ item: one, read })
  }
  /** Whether it could be entered. */
  const enter = (quantityText: string): boolean => {
    if (!pending) return false
    const quantity_milli = parseDecimal(quantityText, MILLI_DIGITS)
    const isNone = quantity_milli === 0 && !allowsNone
    if (quantity_milli === null || isNone) return false
    const expires_on = parseExpiry(fields.expiry)
    if (hasLots && fields.expiry !== '' && expires_on === null) {
      onRefuse(refuse('no_date', 'back_room.no_date', { text: fields.expiry }))
      return false
    }
    const lot = hasLots ? { lot_no: fields.lot_no.trim(), expires_on } : NO_LOT
    onEnter({ item: pending.item, quantity_milli, state, ...lot })
    pick(null)
    return true
  }
  const isPiece = pending?.item.unit_of_measure === 'piece'
  /** A scan ends what was scanned before: without a number it was one piece. */
  const hear = (code: string, symbology: string) => {
    const before = fields.quantity || (isPiece ? writeDecimal(ONE_PIECE_MILLI, MILLI_DIGITS) : '')
    if (pending && !enter(before)) return
    void find(code, symbology)
  }
  /** What a lookup fills in meanwhile stays. */
  const change = (part: Partial<Fields>) => setFields((before) => ({ ...before, ...part }))
  return { pending, choices, fields, change, pick, find, enter, hear }
}

const NO_LOT = { lot_no: '', expires_on: null }

type LotFieldsProps = { fields: Fields; onChange: (change: Partial<Fields>) => void }

function LotFields({ fields, onChange }: LotFieldsProps) {
  const { t } = useTexts()
  return (
    <>
      <label>
        {t('back_room.lot_no')}
        <input
          autoComplete="off"
          maxLength={LOT_LENGTH_MAX}
          value={fields.lot_no}
          onChange={(event) => onChange({ lot_no: event.target.value })}
        />
      </label>
      <label>
        {t('back_room.expiry')}
        <input
          inputMode="numeric"
          autoComplete="off"
          maxLength={6}
          value={fields.expiry}
          onChange={(event) => onChange({ expiry: event.target.value })}
        />
      </label>
    </>
  )
}

type ChoicesProps = { choices: Pending[]; onChoose: (one: Pending) => void }

function Choices({ choices, onChoose }: ChoicesProps) {
  const { t, nameOf } = useTexts()
  return (
    <div className="pad-choices" role="group" aria-label={t('choice.title')}>
      {choices.map((one) => (
        <button key={one.item.item_id} type="button" onClick={() => onChoose(one)}>
          {nameOf(one.item)}
        </button>
      ))}
    </div>
  )
}

export function GoodsEntry(props: GoodsEntryProps) {
  const { t, nameOf } = useTexts()
  const { pending, choices, fields, change, pick, find, enter, hear } = useEntry(props)
  const code = useRef<HTMLInputElement>(null)
  const quantity = useRef<HTMLInputElement>(null)
  useScans(hear)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (pending) {
      if (enter(fields.quantity)) code.current?.focus()
      else quantity.current?.focus()
      return
    }
    const text = code.current?.value.trim() ?? ''
    if (text === '') return code.current?.focus()
    await find(text)
    if (code.current) code.current.value = ''
    // A scanner ends a code with Enter: the quantity comes next.
    quantity.current?.focus()
  }
  return (
    <form className="goods-entry" onSubmit={(event) => void submit(event)}>
      <label>
        {pending ? nameOf(pending.item) : t('back_room.code')}
        <input
          ref={code}
          name="code"
          aria-label={t('back_room.code')}
          autoComplete="off"
          maxLength={CODE_LENGTH_MAX}
        />
      </label>
      <label>
        {t('back_room.quantity')}
        <input
          ref={quantity}
          name="quantity"
          inputMode="decimal"
          autoComplete="off"
          value={fields.quantity}
          onChange={(event) => change({ quantity: event.target.value })}
        />
      </label>
      {props.hasLots ? <LotFields fields={fields} onChange={change} /> : null}
      <Button htmlType="submit" className="confirm">
        {t('quantity.confirm')} Enter
      </Button>
      {choices.length > 0 ? <Choices choices={choices} onChoose={pick} /> : null}
    </form>
  )
}
