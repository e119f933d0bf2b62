// Asks once before a whole ticket goes.

import { Button, Modal } from 'antd'
import { useTexts } from 'kit/preferences.tsx'
import { useRef } from 'react'

type VoidDialogProps = { lineCount: number; onVoid: () => void; onClose: () => void }

export function VoidDialog({ lineCount, onVoid, onClose }: VoidDialogProps) {
  const { t } = useTexts()
  const confirm = useRef<HTMLButtonElement>(null)
  return (
    <Modal
      open
      centered
      width={460}
      title={t('void.question')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => confirm.current?.focus()}
    >
      <p>{t('void.help', { count: lineCount })}</p>
      <div className="dialog-buttons">
        <Button className="confirm" onClick={onClose}>
          {t('void.keep')} Esc
        </Button>
        <Button ref={confirm} className="confirm" type="primary" danger onClick={onVoid}>
          {t('side.void')} Enter
        </Button>
      </div>
    </Modal>
  )
}
