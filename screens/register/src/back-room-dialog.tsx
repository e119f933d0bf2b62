// The back room: orders to receive, transfers to send and take in, and counting.

import { Modal, Tabs } from 'antd'
import type { RegisterState } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { CountWork } from './count-work.tsx'
import { OrderWork } from './order-work.tsx'

type BackRoomDialogProps = { state: RegisterState; onClose: () => void }

export function BackRoomDialog({ state, onClose }: BackRoomDialogProps) {
  const { t } = useTexts()
  const tabs = [
    {
      key: 'orders',
      label: t('back_room.orders'),
      children: <OrderWork store={state.store} />,
    },
    { key: 'count', label: t('back_room.count'), children: <CountWork /> },
  ]
  return (
    <Modal open centered width={920} title={t('back_room.title')} footer={null} onCancel={onClose}>
      <Tabs items={tabs} destroyOnHidden />
    </Modal>
  )
}
