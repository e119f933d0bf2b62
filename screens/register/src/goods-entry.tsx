// Scans or types goods, then how many: the two fields that every work of the back room begins with.

import { Button } from 'antd'
import type { Item } from 'kit/api-types.ts'
import { MILLI_DIGITS, parseDecimal } from 'kit/decimal.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useRef, type FormEvent } from 'react'
import { CODE_LENGTH_MAX } from './till-actions.ts'

type GoodsEntryProps = {
  /** Null when no goods have the code. */
  find: (code: string) => Promise<Item | null>
  onEnter: (item: Item, quantityMilli: number) => void
  onUnknown: (code: string) => void
}

export function GoodsEntry({ find, onEnter, onUnknown }: GoodsEntryProps) {
  const { t } = useTexts()
  const code = useRef<HTMLInputElement>(null)
  const quantity = useRef<HTMLInputElement>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const text = code.current?.value.trim() ?? ''
    const milli = parseDecimal(quantity.current?.value ?? '', MILLI_DIGITS)
    if (text === '') return code.current?.focus()
    // A scanner ends a code with Enter: the quantity comes next.
    if (milli === null) return quantity.current?.focus()
    const item = await find(text)
    form.reset()
    code.current?.focus()
    if (item) onEnter(item, milli)
    else onUnknown(text)
  }
  return (
    <form className="goods-entry" onSubmit={(event) => void submit(event)}>
      <label>
        {t('back_room.code')}
        <input ref={code} name="code" autoComplete="off" maxLength={CODE_LENGTH_MAX} />
      </label>
      <label>
        {t('back_room.quantity')}
        <input ref={quantity} name="quantity" inputMode="decimal" autoComplete="off" />
      </label>
      <Button htmlType="submit" className="confirm">
        {t('quantity.confirm')} Enter
      </Button>
    </form>
  )
}
