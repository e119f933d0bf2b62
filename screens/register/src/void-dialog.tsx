// Asks once before a whole ticket goes, and why: one tap on the reason is the answer.

import { Button, Modal } from 'antd'
import { useTexts } from 'kit/preferences.tsx'
import { useRef } from 'react'

/** The most frequent one first: Enter takes it. */
const REASONS = ['customer_left', 'mistake', 'price_wrong', 'other'] as const

type VoidDialogProps = {
  lineCount: number
  onVoid: (reason: string) => void
  onClose: () => void
}

export function VoidDialog({ lineCount, onVoid, onClose }: VoidDialogProps) {
  const { t } = useTexts()
  const first = useRef<HTMLButtonElement>(null)
  return (
    <Modal
      open
      centered
      width={460}
      title={t('void.question')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => first.current?.focus()}
    >
      <p>{t('void.help', { count: lineCount })}</p>
      <div className="dialog-buttons" role="group" aria-label={t('void.reason')}>
        {REASONS.map((reason, index) => (
          <Button
            key={reason}
            ref={index === 0 ? first : undefined}
            className="confirm"
            danger
            type={index === 0 ? 'primary' : 'default'}
            onClick={() => onVoid(reason)}
          >
            {t(`void.reason.${reason}`)} {index === 0 ? 'Enter' : ''}
          </Button>
        ))}
      </div>
      <Button block className="confirm" onClick={onClose}>
        {t('void.keep')} Esc
      </Button>
    </Modal>
  )
}
