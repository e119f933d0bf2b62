// Goods come back and nobody has the receipt: at the price of today, within what the cashier may.

import { Modal } from 'antd'
import type { Refusal, TenderKind } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState } from 'react'
import { GoodsEntry } from './back-room/goods-entry.tsx'
import { EnteredList, RefusalLine } from './back-room/parts.tsx'
import { addEntered, type Entered } from './back-room/work.ts'
import { backWithoutReceipt, type ReturnReason } from './return-draft.ts'
import { PayOut, Reasons, usePrice } from './return-parts.tsx'
import { TENDER_KINDS } from './tender.ts'
import type { TillActions } from './till-actions.ts'

type NoReceiptReturnProps = { actions: TillActions; onClose: () => void }

export function NoReceiptReturn({ actions, onClose }: NoReceiptReturnProps) {
  const { t } = useTexts()
  const [lines, setLines] = useState<Entered[]>([])
  const [reason, setReason] = useState<ReturnReason>('unwanted')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const back = backWithoutReceipt(lines, reason)
  const price = usePrice(back, setRefusal)
  const payOut = async (kind: TenderKind) => {
    if (!price) return
    const tenders = [{ kind, amount_fen: -price.due_fen }]
    const answered = await actions.run('exchange', { back, tenders })
    if (answered.kind === 'done') onClose()
    else if (answered.kind === 'refused') setRefusal(answered.refusal)
  }
  return (
    <Modal
      open
      centered
      width={680}
      title={t('return.without_receipt')}
      footer={null}
      onCancel={onClose}
    >
      <div className="approval">
        <GoodsEntry
          onEnter={(one) => setLines((before) => addEntered(before, one))}
          onRefuse={setRefusal}
        />
        <RefusalLine refusal={refusal} />
        <EnteredList
          lines={lines}
          label={t('return.lines')}
          onRemove={(line) => setLines(lines.filter((one) => one !== line))}
        />
        <Reasons reason={reason} onChoose={setReason} />
        {price && price.due_fen < 0 ? (
          <PayOut
            price={price}
            kinds={TENDER_KINDS}
            onPayOut={(kind) => void payOut(kind)}
            onCollect={onClose}
          />
        ) : null}
      </div>
    </Modal>
  )
}
