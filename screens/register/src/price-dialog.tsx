// Asks what a unit of a line costs instead of the list price.

import type { Line } from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal, pressKey } from 'kit/decimal.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { PadDialog } from './pad.tsx'

type PriceDialogProps = {
  line: Line
  onConfirm: (unitPriceFen: number) => void
  onClose: () => void
}

export function PriceDialog({ line, onConfirm, onClose }: PriceDialogProps) {
  const { t, nameOf } = useTexts()
  return (
    <PadDialog
      title={t('price.title')}
      subtitle={nameOf(line)}
      placeholder={formatFen(line.unit_price_fen)}
      press={(text, key) => pressKey(text, key, FEN_DIGITS)}
      isReady={(text) => parseDecimal(text, FEN_DIGITS) !== null}
      onConfirm={(text) => onConfirm(parseDecimal(text, FEN_DIGITS) ?? 0)}
      onClose={onClose}
    />
  )
}
