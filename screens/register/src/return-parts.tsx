// What every return shares: what it comes to, why the goods come, and the money back.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { BackLine, ExchangePrice, Refusal, Sale, TenderKind } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useState } from 'react'
import { RETURN_REASONS, type ReturnReason } from './return-draft.ts'
import { askStore, registerPath } from './store-api.ts'
import { TENDER_KINDS } from './tender.ts'

/** What the exchange comes to, asked again whenever something is picked. Null while nothing is. */
export function usePrice(back: BackLine[], tell: (refusal: Refusal) => void): ExchangePrice | null {
  const [price, setPrice] = useState<ExchangePrice | null>(null)
  const asked = JSON.stringify(back)
  useEffect(() => {
    setPrice(null)
    if (asked === '[]') return
    const controller = new AbortController()
    const request = { method: 'POST' as const, body: { back: JSON.parse(asked) as BackLine[] } }
    askStore<ExchangePrice>(registerPath('exchange-price'), {
      ...request,
      signal: controller.signal,
    }).then(setPrice, (error: unknown) => {
      if (controller.signal.aborted) return
      if (!(error instanceof ApiError)) throw error
      tell(error.refusal)
    })
    return () => controller.abort()
  }, [asked, tell])
  return price
}

type ReasonsProps = { reason: ReturnReason; onChoose: (reason: ReturnReason) => void }

export function Reasons({ reason, onChoose }: ReasonsProps) {
  const { t } = useTexts()
  return (
    <div className="pad-choices" role="radiogroup" aria-label={t('void.reason')}>
      {RETURN_REASONS.map((one) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={one === reason}
          onClick={() => onChoose(one)}
        >
          {t(`return.reason.${one}`)}
        </button>
      ))}
    </div>
  )
}

type PayOutProps = {
  price: ExchangePrice
  /** Wallets that paid for the sale stand first: the money goes back the way it came. */
  kinds: TenderKind[]
  onPayOut: (kind: TenderKind) => void
  onCollect: () => void
}

export function walletsOf(sale: Sale | null): TenderKind[] {
  return (sale?.tender_kinds ?? []).filter((kind) => !TENDER_KINDS.includes(kind))
}

/** The last step: pay out, or take what the new goods cost more. */
export function PayOut({ price, kinds, onPayOut, onCollect }: PayOutProps) {
  const { t } = useTexts()
  const { due_fen, refund_fen } = price
  if (due_fen > 0) {
    return (
      <Button type="primary" block className="confirm pay-green" onClick={onCollect}>
        {t('return.collect', { amount: formatFen(due_fen) })}
      </Button>
    )
  }
  const amount = formatFen(-due_fen)
  return (
    <>
      <div className="spread">
        <span>{t('return.refund')}</span>
        <b className="amount-large">{formatFen(refund_fen)}</b>
      </div>
      <div className="dialog-buttons">
        {kinds.map((kind, index) => (
          <Button
            key={kind}
            type={index === 0 ? 'primary' : 'default'}
            className="confirm"
            onClick={() => onPayOut(kind)}
          >
            {t('return.pay_out', { kind: t(`tender.${kind}`), amount })}
          </Button>
        ))}
      </div>
    </>
  )
}
