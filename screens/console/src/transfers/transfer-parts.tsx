// What every view of a transfer shows: its state, its way, and what may be done with it.

import { App, Button, Tag } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { TransferRow, TransferState } from 'kit/api-types.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useHub } from '../hub.tsx'

/** In the order in which a transfer passes through them; cancelled is the way out. */
export const TRANSFER_STATES: TransferState[] = [
  'drafted',
  'approved',
  'in_transit',
  'received',
  'cancelled',
]

export type TransferAction = 'approve' | 'cancel'

const ACTIONS: Record<TransferState, TransferAction[]> = {
  drafted: ['approve', 'cancel'],
  approved: ['cancel'],
  in_transit: [],
  received: [],
  cancelled: [],
}

const STATE_COLOURS: Record<TransferState, string> = {
  drafted: 'default',
  approved: 'processing',
  in_transit: 'warning',
  received: 'success',
  cancelled: 'default',
}

export function TransferStateTag({ state }: { state: TransferState }) {
  const { t } = useTexts()
  return <Tag color={STATE_COLOURS[state]}>{t(`transfers.state.${state}`)}</Tag>
}

export function TransferWay({ transfer }: { transfer: TransferRow }) {
  return (
    <span className="transfer-way">
      {transfer.source_name} → {transfer.target_name}
    </span>
  )
}

/** Asks first, then tells the hub; the list is read again once the hub has agreed. */
function useTransferAction(transfer: TransferRow, onDone: () => void) {
  const { t, detailOf } = useTexts()
  const { modal, message } = App.useApp()
  const hub = useHub()
  const { transfer_no } = transfer
  const tell = async (action: TransferAction, key: string) => {
    try {
      await hub.write<TransferRow>(`/transfers/${encodeURIComponent(transfer_no)}/${action}`, key)
      void message.success(t(`transfers.done_${action}`, { transfer_no }))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      void message.error(detailOf(error.refusal))
    }
    onDone()
  }
  return (action: TransferAction) => {
    const key = newId()
    void modal.confirm({
      title: t(`transfers.${action}_question`, { transfer_no }),
      content: t(`transfers.${action}_help`, { source: transfer.source_name }),
      okText: t(`transfers.${action}`),
      okButtonProps: { danger: action === 'cancel' },
      cancelText: t('transfers.keep'),
      onOk: () => tell(action, key),
    })
  }
}

type ActionsProps = { transfer: TransferRow; size: 'small' | 'middle'; onDone: () => void }

export function TransferActions({ transfer, size, onDone }: ActionsProps) {
  const { t } = useTexts()
  const act = useTransferAction(transfer, onDone)
  const actions = ACTIONS[transfer.state]
  if (actions.length === 0) return null
  return (
    <span className="transfer-actions">
      {actions.map((action) => (
        <Button
          key={action}
          size={size}
          type={action === 'approve' ? 'primary' : 'text'}
          danger={action === 'cancel'}
          aria-label={`${t(`transfers.${action}`)} ${transfer.transfer_no}`}
          onClick={() => act(action)}
        >
          {t(`transfers.${action}`)}
        </Button>
      ))}
    </span>
  )
}
