// A store's scanners, scales and printers: which are well, and what the others need.

import { Table, Tag } from 'antd'
import type { TableColumnsType } from 'antd'
import { Age } from 'kit/ages.tsx'
import type { DeviceRow } from 'kit/api-types.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'

const STATE_COLOURS: Record<DeviceRow['state'], string> = {
  '': 'default',
  absent: 'error',
  opening: 'processing',
  ready: 'success',
  degraded: 'warning',
  fault: 'error',
}

function columns({ t }: Texts): TableColumnsType<DeviceRow> {
  return [
    { title: t('devices.device'), dataIndex: 'device_id' },
    { title: t('devices.driver'), dataIndex: 'driver' },
    { title: t('devices.register'), render: (_, row) => row.register_no || '—' },
    {
      title: t('stores.state'),
      render: (_, row) => (
        <Tag color={STATE_COLOURS[row.state]}>
          {row.state === '' ? '—' : t(`device.${row.state}`)}
          {row.health_code ? ` · ${row.health_code}` : ''}
        </Tag>
      ),
    },
    { title: t('store.since'), render: (_, row) => <Age instant={row.since} /> },
  ]
}

export function Devices({ rows }: { rows: DeviceRow[] }) {
  const texts = useTexts()
  return (
    <section className="card">
      <h2>{texts.t('store.devices')}</h2>
      <Table
        size="small"
        rowKey="device_id"
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={columns(texts)}
        dataSource={rows}
      />
    </section>
  )
}
