// Keys for what has no barcode or sells all day. More than two rows turn pages.

import { DoubleRightOutlined } from '@ant-design/icons'
import type { Item } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { ItemTile } from 'kit/item-tile.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { memo, useState } from 'react'

/** Two rows of eight: four more lines of the ticket are worth more than a third row. */
const KEYS_SHOWN = 16

type QuickKeysProps = { items: Item[]; onChoose: (item: Item) => void }

function keysOfPage(items: Item[], page: number): { shown: Item[]; pages: number } {
  if (items.length <= KEYS_SHOWN) return { shown: items, pages: 1 }
  const perPage = KEYS_SHOWN - 1
  const start = page * perPage
  return { shown: items.slice(start, start + perPage), pages: Math.ceil(items.length / perPage) }
}

export const QuickKeys = memo(function QuickKeys({ items, onChoose }: QuickKeysProps) {
  const { t, nameOf } = useTexts()
  const [page, setPage] = useState(0)
  const { shown, pages } = keysOfPage(items, page)
  if (items.length === 0) return null
  return (
    <div className="quick-keys" role="group" aria-label={t('quick_keys.label')}>
      {shown.map((item) => (
        <button
          key={item.item_id}
          type="button"
          className="quick-key"
          onClick={() => onChoose(item)}
        >
          <ItemTile itemId={item.item_id} name={nameOf(item)} sizePx={30} />
          <span className="quick-name">{nameOf(item)}</span>
          <span className="quiet">
            {item.unit_price_fen === null ? t('entry.no_price') : formatFen(item.unit_price_fen)}
          </span>
        </button>
      ))}
      {pages > 1 ? (
        <button
          type="button"
          className="quick-key"
          onClick={() => setPage((before) => (before + 1) % pages)}
        >
          <DoubleRightOutlined />
          <span className="quick-name">{t('quick_keys.page', { page: page + 1, pages })}</span>
        </button>
      ) : null}
    </div>
  )
})
