// Payments of the open ticket by pay code: what is paid, and what the customer's phone still decides.

import { CheckCircleFilled, LoadingOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { tellAge, useNow } from 'kit/ages.tsx'
import type { WalletPayment } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'

type PaymentProps = { payment: WalletPayment; onTakeBack: (payment: WalletPayment) => void }

/** A payment that is made stands among the tenders, and can be taken back. */
export function PaidRow({ payment, onTakeBack }: PaymentProps) {
  const { t } = useTexts()
  const values = { kind: t(`tender.${payment.kind}`), amount: formatFen(payment.amount_fen) }
  return (
    <div className="taken taken-paid">
      <CheckCircleFilled />
      <span>{values.kind}</span>
      <b>{values.amount}</b>
      <Button
        type="text"
        aria-label={t('tender.remove', values)}
        onClick={() => onTakeBack(payment)}
      >
        {t('wallet.take_back')}
      </Button>
    </div>
  )
}

/** Takes the pad's place while nobody knows yet: the one way out is to wait, or to take it back. */
export function AskedPanel({ payment, onTakeBack }: PaymentProps) {
  const { t } = useTexts()
  const now = useNow()
  const amount = formatFen(payment.amount_fen)
  return (
    <div className="wallet-asked" role="status" aria-label={t('wallet.asked')}>
      <LoadingOutlined />
      <b>
        {t(`tender.${payment.kind}`)} {amount}
      </b>
      <span>{t('wallet.asked')}</span>
      <small>{tellAge(t, payment.asked_at, now)}</small>
      <Button className="confirm" onClick={() => onTakeBack(payment)}>
        {t('wallet.take_back_key')}
      </Button>
      <small>{t('wallet.take_back_hint')}</small>
    </div>
  )
}
