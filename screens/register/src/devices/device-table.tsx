// All devices of the store: which are well, and why the others are not.

import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { Device } from 'kit/api-types.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { Pill, type Tone } from '../pill.tsx'

const TONES: Record<Device['state'], Tone> = {
  absent: 'down',
  opening: 'quiet',
  ready: 'ok',
  degraded: 'warning',
  fault: 'down',
}

function columns({ t }: Texts): TableColumnsType<Device> {
  return [
    { title: t('devices.device'), dataIndex: 'device_id' },
    { title: t('devices.driver'), dataIndex: 'kind' },
    { title: t('devices.register'), render: (_, row) => row.register_no ?? '—' },
    {
      title: t('devices.state'),
      render: (_, row) => (
        <Pill tone={TONES[row.state]}>
          {t(`device.${row.state}`)}
          {row.health_code ? ` · ${row.health_code}` : ''}
        </Pill>
      ),
    },
    { title: t('devices.reason'), render: (_, row) => (row.state === 'ready' ? '' : row.text) },
  ]
}

export function DeviceTable({ devices }: { devices: Device[] }) {
  const texts = useTexts()
  return (
    <Table
      size="small"
      rowKey="device_id"
      pagination={false}
      scroll={{ x: 'max-content' }}
      columns={columns(texts)}
      dataSource={devices}
    />
  )
}
