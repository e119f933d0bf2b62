// Payments by code of this register: what is asked for and paid, how one is asked for and taken back.

import type { CommandResult, Refusal, RegisterState } from 'kit/api-types.ts'
import { useState, useSyncExternalStore } from 'react'
import type { RegisterLink } from './register-link.ts'
import type { Wallets } from './tender-dialog.tsx'

/** The refusal of a command, or what the till says when no answer came. */
export function answerOf(link: RegisterLink, result: CommandResult | null): Refusal | null {
  return result ? result.refusal : link.read().notice
}

/** Of the open ticket: a scanned code is charged by itself. */
export function useWallets(link: RegisterLink, state: RegisterState): Wallets {
  const view = useSyncExternalStore(link.watch, link.read)
  const { notice } = view
  return {
    payments: state.payments,
    payCode: view.pay_code,
    notice: notice?.code.startsWith('wallet_') ? notice : null,
    onTaken: () => link.act({ kind: 'take_pay_code' }),
    onCharge: async (pay_code, charge) => {
      link.act({ kind: 'dismiss_notice' })
      return answerOf(link, await link.command('pay_by_code', { pay_code, ...charge }))
    },
    onTakeBack: ({ payment_no }) => void link.command('take_back_payment', { payment_no }),
  }
}

/**
 * Of an exchange, whose goods that come back the ticket does not know: the code is charged exactly what
 * is left of `dueFen`, and the exchange is confirmed when that is paid.
 */
export function useExchangeWallets(link: RegisterLink, state: RegisterState, dueFen: number) {
  const [payCode, setPayCode] = useState<string | null>(null)
  const wallets = useWallets(link, state)
  const paidFen = state.payments.reduce((sum, { amount_fen }) => sum + amount_fen, 0)
  return {
    setPayCode,
    wallets: {
      ...wallets,
      payCode,
      onTaken: () => setPayCode(null),
      onCharge: (code, { amount_fen, tenders }) => {
        const handedFen = tenders.reduce((sum, tender) => sum + tender.amount_fen, 0)
        const restFen = dueFen - paidFen - handedFen
        return wallets.onCharge(code, { amount_fen: amount_fen || restFen, tenders: [] })
      },
    } satisfies Wallets,
  }
}
