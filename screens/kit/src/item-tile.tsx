// A coloured initial that stands for an item: the same colour wherever the item shows up.

import type { CSSProperties } from 'react'
import { tileHue } from './format.ts'

type TileProps = { itemId: number; name: string; sizePx: number }

export function ItemTile({ itemId, name, sizePx }: TileProps) {
  const style = {
    '--hue': tileHue(itemId),
    width: sizePx,
    height: sizePx,
    fontSize: Math.round(sizePx / 2),
  } as CSSProperties
  const initial = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '#'
  return (
    <span className="tile" style={style} aria-hidden>
      {initial.toUpperCase()}
    </span>
  )
}
