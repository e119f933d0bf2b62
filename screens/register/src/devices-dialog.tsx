// All devices of the store, for whoever comes to mend one: which are well, and why the others are not.

import { Modal, Table, Tag } from 'antd'
import type { TableColumnsType } from 'antd'
import type { Device } from 'kit/api-types.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'

const STATE_COLOURS: Record<Device['state'], string> = {
  absent: 'error',
  opening: 'processing',
  ready: 'success',
  degraded: 'warning',
  fault: 'error',
}

function columns({ t }: Texts): TableColumnsType<Device> {
  return [
    { title: t('devices.device'), dataIndex: 'device_id' },
    { title: t('devices.driver'), dataIndex: 'kind' },
    { title: t('devices.register'), render: (_, row) => row.register_no ?? '—' },
    {
      title: t('devices.state'),
      render: (_, row) => (
        <Tag color={STATE_COLOURS[row.state]}>
          {t(`device.${row.state}`)}
          {row.health_code ? ` · ${row.health_code}` : ''}
        </Tag>
      ),
    },
    { title: t('devices.reason'), render: (_, row) => (row.state === 'ready' ? '' : row.text) },
  ]
}

export function DevicesDialog({ devices, onClose }: { devices: Device[]; onClose: () => void }) {
  const texts = useTexts()
  return (
    <Modal open title={texts.t('store.devices')} width={900} footer={null} onCancel={onClose}>
      <Table
        size="small"
        rowKey="device_id"
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={columns(texts)}
        dataSource={devices}
      />
    </Modal>
  )
}
