// Asks for a code by touch: no keyboard at this till, and a barcode that no scanner can read.

import { useTexts } from 'kit/preferences.tsx'
import { PadDialog } from './pad.tsx'
import { CODE_LENGTH_MAX } from './till-actions.ts'

/** A code is digits, not a number: leading zeros stay. */
function pressCode(text: string, key: string): string {
  if (key === 'clear') return ''
  if (key === 'back') return text.slice(0, -1)
  return key === '.' || text.length >= CODE_LENGTH_MAX ? text : text + key
}

type CodeDialogProps = { onScan: (code: string) => void; onClose: () => void }

export function CodeDialog({ onScan, onClose }: CodeDialogProps) {
  const { t } = useTexts()
  return (
    <PadDialog
      title={t('entry.pad_title')}
      placeholder="0"
      press={pressCode}
      isReady={(text) => text !== ''}
      onConfirm={onScan}
      onClose={onClose}
    />
  )
}
