// One code, several items: which one lies on the counter?

import { Modal } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { CodeQuestion, Item, Refusal } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { ItemTile } from 'kit/item-tile.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { fetchItems } from './item-search.ts'

/** Longer than the gap between two keys of a scanner, shorter than one notices. */
const ALONE_MS = 100

type ChoiceDialogProps = {
  question: CodeQuestion
  onChoose: (itemId: number) => void
  onClose: () => void
}

function useItems(itemIds: number[]): { items: Item[]; problem: Refusal | null } {
  const [found, setFound] = useState<{ items: Item[]; problem: Refusal | null }>({
    items: [],
    problem: null,
  })
  useEffect(() => {
    fetchItems(itemIds).then(
      (items) => setFound({ items, problem: null }),
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error
        setFound({ items: [], problem: error.refusal })
      },
    )
  }, [itemIds])
  return found
}

/** The digits 1 to 9 choose, as the buttons are numbered; a code that a scanner types does not. */
function useDigits(items: Item[], onChoose: (itemId: number) => void): void {
  const timer = useRef<number>(undefined)
  const choose = useEffectEvent((item: Item) => onChoose(item.item_id))
  const listen = useEffectEvent((event: KeyboardEvent) => {
    const isAlone = timer.current === undefined
    clearTimeout(timer.current)
    const item = /^[1-9]$/.test(event.key) ? items[Number(event.key) - 1] : undefined
    timer.current = window.setTimeout(() => {
      timer.current = undefined
      if (isAlone && item) choose(item)
    }, ALONE_MS)
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => listen(event)
    window.addEventListener('keydown', hear)
    return () => {
      window.removeEventListener('keydown', hear)
      clearTimeout(timer.current)
    }
  }, [])
}

export function ChoiceDialog({ question, onChoose, onClose }: ChoiceDialogProps) {
  const { t, nameOf, detailOf } = useTexts()
  const { items, problem } = useItems(question.item_ids)
  const list = useRef<HTMLDivElement>(null)
  useDigits(items, onChoose)
  return (
    <Modal
      open
      centered
      width={560}
      title={t('choice.title')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => list.current?.focus()}
    >
      <div className="dialog-subtitle">{question.code}</div>
      {problem ? <div role="alert">{detailOf(problem)}</div> : null}
      <div ref={list} tabIndex={-1} className="choices">
        {items.map((item, index) => (
          <button key={item.item_id} type="button" onClick={() => onChoose(item.item_id)}>
            <kbd>{index + 1}</kbd>
            <ItemTile itemId={item.item_id} name={nameOf(item)} sizePx={44} />
            <span className="choice-name">
              {nameOf(item)}
              <small>{item.sku}</small>
            </span>
            <b className="number">
              {item.unit_price_fen === null ? t('entry.no_price') : formatFen(item.unit_price_fen)}
              <small>/{t(`unit.${item.unit_of_measure}`)}</small>
            </b>
          </button>
        ))}
      </div>
    </Modal>
  )
}
