// The field that is always there: a code and Enter is a scan, a name finds the item.

import { AppstoreOutlined, SearchOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Item, Line } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { ItemTile } from 'kit/item-tile.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { refuse } from 'kit/text/index.ts'
import {
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from 'react'
import { findItems, isCode, isSaleCode, useItemSearch, type Search } from './item-search.ts'
import { CODE_LENGTH_MAX, ONE_PIECE_MILLI, type TillActions } from './till-actions.ts'
import type { KeyTable } from './till-keys.ts'
import { readQuantity, waitingQuantity } from './typed-quantity.ts'

type ResultsProps = { search: Search; active: number; onChoose: (item: Item) => void }

function Results({ search, active, onChoose }: ResultsProps) {
  const { t, nameOf, detailOf } = useTexts()
  const { problem } = search
  if (problem) {
    const reason = detailOf(problem)
    return <div className="entry-note">{t('notice.search_failed', { reason })}</div>
  }
  if (search.items.length === 0) {
    return <div className="entry-note">{t('entry.no_results', { query: search.query })}</div>
  }
  return search.items.map((item, index) => (
    <div
      key={item.item_id}
      id={`result-${index}`}
      role="option"
      aria-selected={index === active}
      className="entry-result"
      // Before the field loses its focus, and with it the list.
      onPointerDown={(event) => {
        event.preventDefault()
        onChoose(item)
      }}
    >
      <ItemTile itemId={item.item_id} name={nameOf(item)} sizePx={36} />
      <span className="entry-name">{nameOf(item)}</span>
      <span className="quiet">{item.sku}</span>
      <b className="number">
        {item.unit_price_fen === null ? t('entry.no_price') : formatFen(item.unit_price_fen)}
      </b>
    </div>
  ))
}

type EntryProps = {
  field: RefObject<HTMLInputElement | null>
  /** Of the ticket: a scan of a device has used up the number that was typed before it. */
  lines: Line[]
  actions: TillActions
}

/** What the field holds and what Enter and the arrows do with it. */
function useEntry(actions: TillActions) {
  const [text, setText] = useState('')
  const field = useRef('')
  const [active, setActive] = useState(-1)
  const typed = readQuantity(text)
  const search = useItemSearch(typed.rest)
  const items = search?.items ?? []
  const type = (next: string) => {
    const waiting = waitingQuantity(next)
    if (waiting !== waitingQuantity(field.current)) actions.countNext(waiting ?? ONE_PIECE_MILLI)
    field.current = next
    setText(next)
    setActive(-1)
  }
  const clear = () => type('')
  const scan = (code: string) => {
    clear()
    actions.scan(code, typed.quantity_milli)
  }
  const choose = (item: Item) => {
    clear()
    actions.add(item, typed.quantity_milli)
  }
  /**
   * Ask anew: Enter may come before the results of the last letters. What is typed from now on is
   * the next entry; several results are shown only if nothing is.
   */
  const chooseByName = async (query: string) => {
    const { quantity_milli } = typed
    clear()
    try {
      const found = await findItems(query)
      const only = found.length === 1 ? found[0] : undefined
      if (only) actions.add(only, quantity_milli)
      else if (found.length === 0) actions.scan(query)
      else if (field.current === '') {
        type(query)
        setActive(0)
      } else actions.tell(refuse('name_not_unique', 'entry.not_unique', { query }))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      actions.tell(error.refusal)
    }
  }
  const submit = () => {
    const entered = typed.rest
    const chosen = items[active]
    if (entered === '') return
    if (chosen) choose(chosen)
    else if (isSaleCode(entered)) {
      clear()
      actions.askReturn(entered)
    } else if (isCode(entered)) scan(entered)
    else void chooseByName(entered)
  }
  const move = (step: number) =>
    setActive((before) => Math.max(-1, Math.min(items.length - 1, before + step)))
  return { text, type, clear, active, search, scan, choose, submit, move }
}

export function Entry({ field, lines, actions }: EntryProps) {
  const { t } = useTexts()
  const entry = useEntry(actions)
  const forget = useEffectEvent(() => {
    if (waitingQuantity(entry.text) !== null) entry.clear()
  })
  useEffect(() => forget(), [lines])
  const [isFocused, setFocused] = useState(false)
  const isOpen = isFocused && entry.text.trim() !== '' && entry.search !== null
  const listen = (event: KeyboardEvent) => {
    const table: KeyTable = {
      Enter: entry.submit,
      Escape: entry.clear,
      ArrowDown: () => entry.move(1),
      ArrowUp: () => entry.move(-1),
    }
    const action = table[event.key]
    // With nothing typed these keys are the ticket's; composing Chinese, they are the input method's.
    if (!action || entry.text === '' || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }
  return (
    <div className="entry">
      <SearchOutlined className="entry-icon" />
      <input
        ref={field}
        value={entry.text}
        maxLength={CODE_LENGTH_MAX}
        placeholder={t('entry.placeholder')}
        aria-label={t('entry.label')}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls="entry-results"
        aria-activedescendant={entry.active >= 0 ? `result-${entry.active}` : undefined}
        autoComplete="off"
        onChange={(event) => entry.type(event.target.value)}
        onKeyDown={listen}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      />
      <Button
        type="text"
        icon={<AppstoreOutlined />}
        aria-label={t('entry.pad')}
        onClick={actions.askCode}
      />
      {isOpen && entry.search ? (
        <div
          id="entry-results"
          className="entry-results"
          role="listbox"
          aria-label={t('entry.results')}
        >
          <Results search={entry.search} active={entry.active} onChoose={entry.choose} />
        </div>
      ) : null}
    </div>
  )
}
