// Asks for somebody with the right: their card, or number and PIN. Good for one command, once.

import { Button, Modal } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, WantedApproval } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { isTextKey } from 'kit/text/index.ts'
import { useRef, useState, type FormEvent } from 'react'
import { readProof, requestApproval } from './sign-in.ts'

/** One per cent is a hundred basis points. */
const BP_OF_PERCENT = 100

function tellAmounts(t: Texts['t'], amounts: Record<string, number>): string[] {
  return Object.entries(amounts).flatMap(([measure, amount]) => {
    const key = `measure.${measure}`
    if (!isTextKey(key)) return []
    const percent = Math.ceil(amount / BP_OF_PERCENT)
    return [t(key, { amount: formatFen(amount), percent })]
  })
}

type ApprovalDialogProps = {
  wanted: WantedApproval
  /** Why the cashier may not do it alone. */
  refusal: Refusal
  onApproved: (approvalId: string) => void
  onClose: () => void
}

function useApproval({ wanted, refusal, onApproved }: ApprovalDialogProps) {
  const [told, setTold] = useState(refusal)
  const [isAsking, setAsking] = useState(false)
  const pin = useRef<HTMLInputElement>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const proof = readProof(form)
    if (proof === null) return pin.current?.focus()
    setAsking(true)
    try {
      onApproved(await requestApproval(wanted, proof))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setTold(error.refusal)
      form.reset()
      form.querySelector('input')?.focus()
      setAsking(false)
    }
  }
  return { told, isAsking, submit, pin }
}

export function ApprovalDialog(props: ApprovalDialogProps) {
  const { wanted, onClose } = props
  const { t, detailOf } = useTexts()
  const { told, isAsking, submit, pin } = useApproval(props)
  const first = useRef<HTMLInputElement>(null)
  const rightKey = `right.${wanted.right}`
  const right = isTextKey(rightKey) ? t(rightKey) : wanted.right
  return (
    <Modal
      open
      centered
      width={480}
      title={t('approval.title')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => first.current?.focus()}
    >
      <form className="approval" onSubmit={(event) => void submit(event)}>
        <b>{[t('approval.right', { right }), ...tellAmounts(t, wanted.amounts)].join(' · ')}</b>
        <div className="binding-refusal" role="alert">
          {detailOf(told)}
        </div>
        <label>
          {t('sign_in.number_or_card')}
          <input name="number" ref={first} required autoComplete="off" />
        </label>
        <label>
          {t('sign_in.pin')}
          <input name="pin" ref={pin} type="password" inputMode="numeric" autoComplete="off" />
        </label>
        <Button type="primary" block htmlType="submit" className="confirm" loading={isAsking}>
          {t('approval.submit')} Enter
        </Button>
        <div className="dialog-hint">{t('approval.hint')}</div>
      </form>
    </Modal>
  )
}
