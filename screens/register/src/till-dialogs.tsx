// The dialog that is open, if one is. Each command goes out once, then its dialog closes.

import type { RegisterState, Tender } from 'kit/api-types.ts'
import { useEffect } from 'react'
import { ApprovalDialog } from './approval-dialog.tsx'
import { BackRoomDialog } from './back-room/back-room.tsx'
import { ChoiceDialog } from './choice-dialog.tsx'
import { CodeDialog } from './code-dialog.tsx'
import { DiscountDialog } from './discount-dialog.tsx'
import { HeldDialog } from './held-dialog.tsx'
import { OpenItemDialog, type OpenGoods } from './open-item-dialog.tsx'
import { PriceDialog } from './price-dialog.tsx'
import { QuantityDialog } from './quantity-dialog.tsx'
import type { RegisterLink } from './register-link.ts'
import { ReturnDialog } from './return-dialog.tsx'
import { ShiftDialog } from './shift-dialog.tsx'
import { TenderDialog } from './tender-dialog.tsx'
import type { Dialog, TillActions } from './till-actions.ts'
import { VoidDialog } from './void-dialog.tsx'
import { answerOf, useWallets } from './wallets.ts'

type TillDialogsProps = {
  dialog: Dialog | null
  state: RegisterState
  link: RegisterLink
  actions: TillActions
  onClose: () => void
}

export function TillDialogs({ dialog, state, link, actions, onClose }: TillDialogsProps) {
  switch (dialog?.kind) {
    case 'tender':
      return <PayDialog {...{ state, link, onClose }} />
    case 'void': {
      const clear = (reason: string) => {
        onClose()
        void actions.run('clear_ticket', { reason })
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
    case 'choice': {
      const { code, symbology } = dialog.question
      const choose = (item_id: number) => {
        void link.command('scan', { code, symbology, item_id })
        onClose()
      }
      return <ChoiceDialog question={dialog.question} onChoose={choose} onClose={onClose} />
    }
    case 'back_room':
      return <BackRoomDialog {...{ state, link, onClose }} />
    default:
      return <SupervisedDialog {...{ dialog, state, link, actions, onClose }} />
  }
}

type PayDialogProps = Pick<TillDialogsProps, 'state' | 'link' | 'onClose'>

/** Closes when the ticket does, whichever way it was paid. */
function PayDialog({ state, link, onClose }: PayDialogProps) {
  const isOver = state.lines.length === 0
  useEffect(() => {
    if (isOver) onClose()
  }, [isOver, onClose])
  const wallets = useWallets(link, state)
  const pay = async (tenders: Tender[]) => answerOf(link, await link.command('pay', { tenders }))
  const dueFen = state.totals.amount_fen
  return <TenderDialog rules={state.till} {...{ dueFen, wallets, onClose }} onPay={pay} />
}

type SupervisedDialogProps = TillDialogsProps

/** Dialogs of what may need somebody else's right. */
function SupervisedDialog({ dialog, state, link, actions, onClose }: SupervisedDialogProps) {
  switch (dialog?.kind) {
    case 'price': {
      const { line_id } = dialog.line
      const set = (unit_price_fen: number) => {
        onClose()
        void actions.run('set_price', { line_id, unit_price_fen })
      }
      return <PriceDialog line={dialog.line} onConfirm={set} onClose={onClose} />
    }
    case 'discount': {
      const { line } = dialog
      const set = (discount_fen: number) => {
        onClose()
        if (line) void actions.run('set_discount', { line_id: line.line_id, discount_fen })
        else void actions.run('discount_ticket', { discount_fen })
      }
      return <DiscountDialog {...{ line, totals: state.totals, onConfirm: set, onClose }} />
    }
    case 'held': {
      const recall = (held_id: string) => {
        onClose()
        void actions.run('recall_ticket', { held_id })
      }
      return <HeldDialog onRecall={recall} onClose={onClose} />
    }
    case 'open_item': {
      const { code, symbology } = dialog.question
      const sell = (goods: OpenGoods) => {
        onClose()
        void actions.run('sell_open_item', { code, symbology, ...goods })
      }
      return <OpenItemDialog question={dialog.question} onSell={sell} onClose={onClose} />
    }
    case 'approval': {
      const { wanted, refusal, retry } = dialog
      const approved = (approvalId: string) => {
        onClose()
        retry(approvalId)
      }
      return <ApprovalDialog {...{ wanted, refusal, onApproved: approved, onClose }} />
    }
    case 'return':
      return <ReturnDialog code={dialog.code} {...{ state, link, actions, onClose }} />
    case 'shift':
      return <ShiftDialog register={state} {...{ actions, onClose }} />
    default:
      return null
  }
}
