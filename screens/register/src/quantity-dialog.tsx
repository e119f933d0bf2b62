// Asks how much: whole pieces, or a weight in kg with three decimals.

import type { Names, UnitOfMeasure } from 'kit/api-types.ts'
import { MILLI_DIGITS, parseDecimal, pressKey } from 'kit/decimal.ts'
import { formatMilli } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { PadDialog } from './pad.tsx'

/** No single line of a till is more; a barcode typed into this field is. */
const QUANTITY_MILLI_MAX = 99_999_999

type QuantityDialogProps = {
  goods: Names & { unit_of_measure: UnitOfMeasure }
  /** What the field shows until something is typed. */
  currentMilli: number
  onConfirm: (quantityMilli: number) => void
  onClose: () => void
}

export function QuantityDialog(props: QuantityDialogProps) {
  const { goods, currentMilli, onConfirm, onClose } = props
  const { t, nameOf } = useTexts()
  const isWeight = goods.unit_of_measure === 'kg'
  const digits = isWeight ? MILLI_DIGITS : 0
  const isReady = (text: string) => {
    const milli = parseDecimal(text, MILLI_DIGITS) ?? 0
    return milli > 0 && milli <= QUANTITY_MILLI_MAX
  }
  return (
    <PadDialog
      title={t(isWeight ? 'quantity.weight' : 'quantity.pieces')}
      subtitle={nameOf(goods)}
      unit={t(`unit.${goods.unit_of_measure}`)}
      placeholder={formatMilli(currentMilli)}
      press={(text, key) => pressKey(text, key, digits)}
      isReady={isReady}
      onConfirm={(text) => onConfirm(parseDecimal(text, MILLI_DIGITS) ?? 0)}
      onClose={onClose}
    />
  )
}
