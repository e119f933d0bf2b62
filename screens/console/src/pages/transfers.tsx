// Goods on their way between stores: a board by state, or a list.

import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Segmented, Select } from 'antd'
import type { Listing, TransferBoard, TransferRow } from 'kit/api-types.ts'
import { formatCount } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { EmptyPanel } from 'kit/states.tsx'
import { useState } from 'react'
import { hubUrl, useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { setFilters, type Filters } from '../route.ts'
import { BLOCK_MAX, useStoreNames } from '../store-parts.tsx'
import { Board } from '../transfers/board.tsx'
import { CreateTransfer } from '../transfers/create.tsx'
import { Discrepancies } from '../transfers/discrepancies.tsx'
import { TransferDetail } from '../transfers/detail.tsx'
import { TransferList } from '../transfers/list.tsx'
import { TRANSFER_STATES } from '../transfers/transfer-parts.tsx'

type View = 'board' | 'list'

function viewOf(filters: Filters): View {
  return filters.view === 'list' ? 'list' : 'board'
}

function TransferFilters({ filters }: { filters: Filters }) {
  const { t } = useTexts()
  const view = viewOf(filters)
  return (
    <div className="filters">
      <Segmented<View>
        value={view}
        aria-label={t('transfers.view')}
        options={[
          { value: 'board', label: t('transfers.board') },
          { value: 'list', label: t('transfers.list') },
        ]}
        onChange={(next) => setFilters({ view: next === 'board' ? '' : next, state: '' })}
      />
      {view === 'list' ? (
        <Select
          allowClear
          className="state-select"
          value={filters.state || undefined}
          placeholder={t('transfers.all_states')}
          aria-label={t('transfers.state')}
          options={TRANSFER_STATES.map((state) => ({
            value: state,
            label: t(`transfers.state.${state}`),
          }))}
          onChange={(state?: string) => setFilters({ state: state ?? '' })}
        />
      ) : null}
    </div>
  )
}

type TransfersProps = {
  board: TransferBoard | null
  answer: Listing<TransferRow>
  isLoading: boolean
  filters: Filters
  reload: () => void
}

function Transfers({ board, answer, isLoading, filters, reload }: TransfersProps) {
  const { t } = useTexts()
  const { rows, total } = answer
  const shown = formatCount(rows.length)
  const isBoard = viewOf(filters) === 'board'
  if (isBoard && total === 0) {
    return <EmptyPanel title={t('transfers.empty')} help={t('transfers.empty_help')} />
  }
  return (
    <>
      {isBoard && board ? <Discrepancies found={board.discrepancies} /> : null}
      {total > rows.length ? (
        <Alert
          type="info"
          showIcon
          className="stale"
          title={t('transfers.not_shown', { shown, total: formatCount(total) })}
        />
      ) : null}
      {isBoard ? (
        <Board rows={rows} board={board} onDone={reload} />
      ) : (
        <TransferList rows={rows} isLoading={isLoading} filters={filters} onDone={reload} />
      )}
      {filters.transfer ? (
        <TransferDetail transferNo={filters.transfer} rows={rows} onDone={reload} />
      ) : null}
    </>
  )
}

/** The hub names the stores of a transfer in Chinese; the list of stores has both languages. */
function useNamedRows() {
  const storeName = useStoreNames()
  return (rows: TransferRow[]) =>
    rows.map((row) => ({
      ...row,
      source_name: storeName(row.source_store),
      target_name: storeName(row.target_store),
    }))
}

export default function TransfersPage({ filters }: PageProps) {
  const { t } = useTexts()
  const [isWriting, setWriting] = useState(false)
  const { state } = filters
  const transfers = useHubRead('/transfers', { state, start: 0, end: BLOCK_MAX })
  const board = useHubRead('/transfers/board')
  const reload = () => {
    transfers.reload()
    board.reload()
  }
  const withNames = useNamedRows()
  return (
    <>
      <PageHead title={t('console.transfers')} asOf={transfers.answer?.as_of}>
        <CsvButton href={hubUrl('/transfers.csv', { state })} />
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setWriting(true)}>
          {t('transfers.create')}
        </Button>
      </PageHead>
      <TransferFilters filters={filters} />
      <PageBody polled={transfers}>
        {(answer) => (
          <Transfers
            board={board.answer}
            answer={{ ...answer, rows: withNames(answer.rows) }}
            isLoading={transfers.isLoading}
            filters={filters}
            reload={reload}
          />
        )}
      </PageBody>
      {isWriting ? <CreateTransfer onClose={() => setWriting(false)} onSaved={reload} /> : null}
    </>
  )
}
