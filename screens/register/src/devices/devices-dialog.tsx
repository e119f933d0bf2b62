// The devices of the store over the till, for whoever comes to mend one.

import { Modal } from 'antd'
import type { Device } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { DeviceTable } from './device-table.tsx'

export function DevicesDialog({ devices, onClose }: { devices: Device[]; onClose: () => void }) {
  const { t } = useTexts()
  return (
    <Modal open title={t('store.devices')} width={900} footer={null} onCancel={onClose}>
      <DeviceTable devices={devices} />
    </Modal>
  )
}
