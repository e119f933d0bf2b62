// Everything a hand at the till can do, as functions that stay the same for the life of the page.

import type {
  CodeQuestion,
  CommandArguments,
  CommandName,
  Item,
  Line,
  Refusal,
  WantedApproval,
  Weight,
} from 'kit/api-types.ts'
import { useMemo } from 'react'
import type { RegisterLink } from './register-link.ts'

export const ONE_PIECE_MILLI = 1_000
/** A GS1 element string has 48 characters at most (GS1 General Specifications 5.4.2). */
export const CODE_LENGTH_MAX = 48

export type Dialog =
  | { kind: 'tender' }
  | { kind: 'void' }
  | { kind: 'code' }
  | { kind: 'quantity'; line: Line }
  | { kind: 'weight'; item: Item }
  | { kind: 'price'; line: Line }
  | { kind: 'discount'; line: Line | null }
  | { kind: 'held' }
  /** With the code of a receipt that was scanned. */
  | { kind: 'return'; code: string }
  | { kind: 'shift' }
  | { kind: 'back_room' }
  | { kind: 'open_item'; question: CodeQuestion }
  | { kind: 'choice'; question: CodeQuestion }
  | { kind: 'approval'; wanted: WantedApproval; refusal: Refusal; retry: Retry }

/** What became of a command: done, asked for an approval, or refused. */
export type Answered = { kind: 'done' | 'asked' } | { kind: 'refused'; refusal: Refusal | null }

/** Gives the same command again, under the approval. */
export type Retry = (approvalId: string) => void

export type TillActions = {
  scan: (code: string, quantityMilli?: number) => void
  /** Weigh what is sold by the kg, or ask its weight when no scale helps; add one of all else. */
  add: (item: Item, quantityMilli?: number) => void
  /** The next scan of a device is so many. */
  countNext: (quantityMilli: number) => void
  step: (line: Line, stepMilli: number) => void
  remove: (line: Line) => void
  askQuantity: (line: Line) => void
  askTender: () => void
  askVoid: () => void
  askCode: () => void
  askPrice: (line: Line) => void
  /** Null: of the whole ticket. */
  askDiscount: (line: Line | null) => void
  askHeld: () => void
  hold: () => void
  askReturn: (code?: string) => void
  askShift: () => void
  askBackRoom: () => void
  /** Go to practice, or back to work. */
  practise: (isTraining: boolean) => void
  /** Which item it is, or at which price it is sold without one. */
  askAboutCode: (question: CodeQuestion) => void
  /** Open the dialog that asks somebody to allow something; `retry` does it under the approval. */
  askApproval: (refusal: Refusal, wanted: WantedApproval, retry: Retry) => void
  /**
   * Give a command that may need somebody's approval. Answers what was refused for good; null once it
   * is done or its approval is asked for.
   */
  run: <Name extends CommandName>(
    name: Name,
    commandArguments: CommandArguments[Name],
  ) => Promise<Answered>
  tell: (refusal: Refusal) => void
  dismissNotice: () => void
  showReceipt: (isShown: boolean) => void
}

/** Says that the box sells what lies on the register's scale. */
const BY_SCALE_MILLI = 0
/** The scale is no help: the cashier weighs elsewhere. */
const AWAY = ['offline', 'stale', 'fault']

function hasScale(weight: Weight | null | undefined): boolean {
  return weight !== null && weight !== undefined && !AWAY.includes(weight.state)
}

function makeActions(link: RegisterLink, ask: (dialog: Dialog) => void): TillActions {
  const run: TillActions['run'] = (name, commandArguments) => {
    const give = async (approvalId: string | null): Promise<Answered> => {
      const result = await link.command(name, commandArguments, approvalId)
      if (!result) return { kind: 'refused', refusal: null }
      const { refusal } = result
      if (!refusal) return { kind: 'done' }
      const wanted = refusal.approval
      if (!wanted) return { kind: 'refused', refusal }
      ask({ kind: 'approval', wanted, refusal, retry: (id) => void give(id) })
      return { kind: 'asked' }
    }
    return give(null)
  }
  return {
    scan: (code, quantity_milli = ONE_PIECE_MILLI) =>
      void link.command('scan', { code, quantity_milli }),
    countNext: link.countNext,
    add: (item, quantityMilli = ONE_PIECE_MILLI) => {
      const isWeighed = item.unit_of_measure === 'kg'
      if (isWeighed && !hasScale(link.read().state?.weight)) return ask({ kind: 'weight', item })
      const quantity_milli = isWeighed ? BY_SCALE_MILLI : quantityMilli
      void link.command('add_item', { item_id: item.item_id, quantity_milli })
    },
    step: ({ line_id, quantity_milli, unit_of_measure }, stepMilli) => {
      const wantedMilli = link.quantityOnTheWay(line_id, quantity_milli) + stepMilli
      if (unit_of_measure === 'kg' || wantedMilli <= 0) return
      void link.command('set_quantity', { line_id, quantity_milli: wantedMilli })
    },
    remove: ({ line_id }) => void link.command('remove_line', { line_id }),
    run,
    hold: () => void run('hold_ticket', {}),
    askReturn: (code = '') => ask({ kind: 'return', code }),
    askShift: () => ask({ kind: 'shift' }),
    askBackRoom: () => ask({ kind: 'back_room' }),
    practise: (isTraining) =>
      location.assign(
        new URL(isTraining ? '../training/register/' : '../../register/', location.href),
      ),
    askApproval: (refusal, wanted, retry) => ask({ kind: 'approval', wanted, refusal, retry }),
    askAboutCode: (question) =>
      ask({ kind: question.item_ids.length > 0 ? 'choice' : 'open_item', question }),
    askHeld: () => ask({ kind: 'held' }),
    askPrice: (line) => ask({ kind: 'price', line }),
    askDiscount: (line) => ask({ kind: 'discount', line }),
    askQuantity: (line) => ask({ kind: 'quantity', line }),
    askTender: () => ask({ kind: 'tender' }),
    askVoid: () => ask({ kind: 'void' }),
    askCode: () => ask({ kind: 'code' }),
    tell: (refusal) => link.act({ kind: 'tell', notice: { ...refusal, level: 'warning' } }),
    dismissNotice: () => link.act({ kind: 'dismiss_notice' }),
    showReceipt: (isShown) => link.act({ kind: 'show_receipt', is_shown: isShown }),
  }
}

export function useTillActions(link: RegisterLink, ask: (dialog: Dialog) => void): TillActions {
  return useMemo(() => makeActions(link, ask), [link, ask])
}
