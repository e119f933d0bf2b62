// What devices read lately, byte for byte, and what came of it.

import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { ScanNote } from 'kit/api-types.ts'
import { formatInstant } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { Pill } from '../pill.tsx'

const PAGE_ROWS = 20
const LAST_CONTROL = 0x1f

/** Control characters by their name of Unicode's table of pictures: FNC1 is shown as ␝. */
export function showControls(text: string): string {
  const pictures = [...text].map((character) => {
    const code = character.charCodeAt(0)
    return code <= LAST_CONTROL ? String.fromCharCode(0x2400 + code) : character
  })
  return pictures.join('')
}

function columns({ t, language }: Texts): TableColumnsType<ScanNote> {
  return [
    { title: t('scans.read_at'), render: (_, row) => formatInstant(row.read_at, language) },
    { title: t('devices.device'), dataIndex: 'device_id' },
    { title: t('devices.register'), render: (_, row) => row.register_no || '—' },
    { title: t('scans.symbology'), render: (_, row) => row.symbology || '—' },
    { title: t('scans.text'), render: (_, row) => <code>{showControls(row.text)}</code> },
    {
      title: t('scans.outcome'),
      render: (_, row) =>
        row.refusal_code ? (
          <Pill tone="warning">{row.refusal_code}</Pill>
        ) : (
          <Pill tone="ok">{t('scans.done')}</Pill>
        ),
    },
  ]
}

export function ScanTable({ scans }: { scans: ScanNote[] }) {
  const texts = useTexts()
  return (
    <Table
      size="small"
      rowKey={(row) => `${row.read_at} ${row.device_id} ${row.text}`}
      pagination={{ pageSize: PAGE_ROWS, hideOnSinglePage: true }}
      scroll={{ x: 'max-content' }}
      columns={columns(texts)}
      dataSource={scans}
      locale={{ emptyText: <span className="quiet">{texts.t('scans.nothing')}</span> }}
    />
  )
}
