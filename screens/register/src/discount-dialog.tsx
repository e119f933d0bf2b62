// Asks how much is taken off: an amount in yuan, or one of the usual discounts.

import type { Line, Totals } from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal, pressKey } from 'kit/decimal.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { PadDialog } from './pad.tsx'

/** What is paid of ten parts: 9 is a tenth off. */
const TENTHS_PAID = [9, 8, 7, 5]
const TENTHS = 10

type DiscountDialogProps = {
  /** Null: of the whole ticket. */
  line: Line | null
  totals: Totals
  onConfirm: (discountFen: number) => void
  onClose: () => void
}

export function DiscountDialog({ line, totals, onConfirm, onClose }: DiscountDialogProps) {
  const { t, nameOf } = useTexts()
  const grossFen = line ? line.amount_fen + line.discount_fen : totals.gross_fen
  const currentFen = line ? line.discount_fen : totals.discount_fen
  // Rounded down: in doubt the shop gives no fen more than it says.
  const offFen = (paid: number) => Math.floor((grossFen * (TENTHS - paid)) / TENTHS)
  const choices = [
    { label: t('discount.none'), choose: () => onConfirm(0) },
    ...TENTHS_PAID.map((paid) => ({
      label: t('discount.percent', { percent: paid }),
      choose: () => onConfirm(offFen(paid)),
    })),
  ]
  const isReady = (text: string) => {
    const fen = parseDecimal(text, FEN_DIGITS)
    return fen !== null && fen <= grossFen
  }
  return (
    <PadDialog
      title={t(line ? 'discount.title' : 'discount.ticket_title')}
      subtitle={line ? nameOf(line) : undefined}
      choices={choices}
      placeholder={formatFen(currentFen)}
      press={(text, key) => pressKey(text, key, FEN_DIGITS)}
      isReady={isReady}
      onConfirm={(text) => onConfirm(parseDecimal(text, FEN_DIGITS) ?? 0)}
      onClose={onClose}
    />
  )
}
