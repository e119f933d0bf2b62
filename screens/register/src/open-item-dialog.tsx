// Sells goods whose code no item has: a price, a tax rate, a name if there is time for one.

import { Button, Modal } from 'antd'
import type { CodeQuestion } from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal } from 'kit/decimal.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useRef, useState, type FormEvent } from 'react'

/** As the box knows them, the likeliest first. */
const TAX_RATES = ['VAT13', 'VAT9', 'VAT6', 'VAT0'] as const

export type OpenGoods = { unit_price_fen: number; tax_rate_id: string; goods_name: string }

type OpenItemDialogProps = {
  question: CodeQuestion
  onSell: (goods: OpenGoods) => void
  onClose: () => void
}

export function OpenItemDialog({ question, onSell, onClose }: OpenItemDialogProps) {
  const { t } = useTexts()
  const [taxRateId, setTaxRateId] = useState<string>(TAX_RATES[0])
  const price = useRef<HTMLInputElement>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const unit_price_fen = parseDecimal(String(fields.get('price')), FEN_DIGITS)
    if (!unit_price_fen) return price.current?.select()
    onSell({ unit_price_fen, tax_rate_id: taxRateId, goods_name: String(fields.get('name')) })
  }
  return (
    <Modal
      open
      centered
      width={480}
      title={t('open_item.title')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => price.current?.focus()}
    >
      <form className="approval" onSubmit={submit}>
        <div className="dialog-subtitle">{question.code}</div>
        <label>
          {t('open_item.price')}
          <input name="price" ref={price} required inputMode="decimal" autoComplete="off" />
        </label>
        <div className="pad-choices" role="radiogroup" aria-label={t('open_item.tax_rate')}>
          {TAX_RATES.map((rate) => (
            <button
              key={rate}
              type="button"
              role="radio"
              aria-checked={rate === taxRateId}
              onClick={() => setTaxRateId(rate)}
            >
              {t(`open_item.rate.${rate}`)}
            </button>
          ))}
        </div>
        <label>
          {t('open_item.name')}
          <input name="name" maxLength={40} autoComplete="off" />
        </label>
        <Button type="primary" block htmlType="submit" className="confirm">
          {t('open_item.sell')} Enter
        </Button>
        <div className="dialog-hint">{t('open_item.hint')}</div>
      </form>
    </Modal>
  )
}
