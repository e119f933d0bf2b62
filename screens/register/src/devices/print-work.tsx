// What became of this register's print jobs; a receipt that did not come out is printed again here.

import { Button, Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { PrintJob } from 'kit/api-types.ts'
import { formatInstant } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { RefusalLine, useAsked, useWrite } from '../back-room/parts.tsx'
import { Pill, type Tone } from '../pill.tsx'
import { registerPath } from '../store-api.ts'

const PAGE_ROWS = 20
const OUT = ['sent', 'confirmed']
const UNSURE = ['unknown', 'failed', 'expired']

function tone(state: string): Tone {
  if (OUT.includes(state)) return 'ok'
  return UNSURE.includes(state) ? 'down' : 'quiet'
}

type Again = (job: PrintJob) => void

function columns({ t, language }: Texts, again: Again): TableColumnsType<PrintJob> {
  return [
    { title: t('prints.made_at'), render: (_, row) => formatInstant(row.made_at, language) },
    { title: t('devices.device'), dataIndex: 'device_id' },
    { title: t('prints.kind'), render: (_, row) => t(`prints.kind.${row.kind}`) },
    {
      title: t('devices.state'),
      render: (_, row) => <Pill tone={tone(row.state)}>{t(`prints.state.${row.state}`)}</Pill>,
    },
    { title: t('devices.reason'), dataIndex: 'reason' },
    {
      title: '',
      render: (_, row) =>
        row.kind === 'receipt' && row.fact_id ? (
          <Button size="small" onClick={() => again(row)}>
            {t('prints.again')}
          </Button>
        ) : null,
    },
  ]
}

export function PrintWork() {
  const texts = useTexts()
  const { answer: jobs, refusal, reload } = useAsked<PrintJob[]>(registerPath('print-jobs'))
  const { write, refusal: refused } = useWrite()
  const again: Again = ({ fact_id }) =>
    void write(registerPath(`receipts/${fact_id}/print`), {}, () => void reload())
  return (
    <>
      <RefusalLine refusal={refusal ?? refused} />
      <Table
        size="small"
        rowKey="job_id"
        loading={jobs === null && refusal === null}
        pagination={{ pageSize: PAGE_ROWS, hideOnSinglePage: true }}
        scroll={{ x: 'max-content' }}
        columns={columns(texts, again)}
        dataSource={jobs ?? []}
        locale={{ emptyText: <span className="quiet">{texts.t('prints.nothing')}</span> }}
      />
    </>
  )
}
