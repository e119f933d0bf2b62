// The dialog that is open, if one is. Each command goes out once, then its dialog closes.

import type { Refusal, RegisterState, Tender } from 'kit/api-types.ts'
import { CodeDialog } from './code-dialog.tsx'
import { QuantityDialog } from './quantity-dialog.tsx'
import type { RegisterLink } from './register-link.ts'
import { TenderDialog } from './tender-dialog.tsx'
import type { Dialog } from './till-actions.ts'
import { VoidDialog } from './void-dialog.tsx'

type TillDialogsProps = {
  dialog: Dialog | null
  state: RegisterState
  link: RegisterLink
  onClose: () => void
}

export function TillDialogs({ dialog, state, link, onClose }: TillDialogsProps) {
  switch (dialog?.kind) {
    case 'tender': {
      const pay = async (tenders: Tender[]): Promise<Refusal | null> => {
        const result = await link.command('pay', { tenders })
        return result ? result.refusal : link.read().notice
      }
      return <TenderDialog dueFen={state.totals.amount_fen} onPay={pay} onClose={onClose} />
    }
    case 'void': {
      const clear = () => {
        void link.command('clear_ticket', {})
        onClose()
      }
      return <VoidDialog lineCount={state.lines.length} onVoid={clear} onClose={onClose} />
    }
    case 'code': {
      const scan = (code: string) => {
        void link.command('scan', { code })
        onClose()
      }
      return <CodeDialog onScan={scan} onClose={onClose} />
    }
    case 'quantity': {
      const { line } = dialog
      const set = (quantity_milli: number) => {
        void link.command('set_quantity', { line_id: line.line_id, quantity_milli })
        onClose()
      }
      const currentMilli = line.quantity_milli
      return <QuantityDialog goods={line} {...{ currentMilli, onConfirm: set, onClose }} />
    }
    case 'weight': {
      const { item } = dialog
      const add = (quantity_milli: number) => {
        void link.command('add_item', { item_id: item.item_id, quantity_milli })
        onClose()
      }
      return <QuantityDialog goods={item} {...{ currentMilli: 0, onConfirm: add, onClose }} />
    }
    default:
      return null
  }
}
