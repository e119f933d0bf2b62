// The journal of the chain: every fact by what a person knows of it, newest first.

import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Alert, Button, Input, Select } from 'antd'
import type { FactListing } from 'kit/api-types.ts'
import { formatCount } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { FactTable, textOfCode } from '../fact-parts.tsx'
import { DateFilter, NothingFound, SearchFilter } from '../filters.tsx'
import { hubUrl, useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { goToFilters, setFilters, type Filters } from '../route.ts'
import { StoreFilter } from '../store-parts.tsx'

/** Few enough to draw at once, enough to scroll through. */
const PAGE_ROWS = 50

/** Names of the kinds on the wire, in the order of a shop's day. */
const KINDS = [
  'ticket',
  'ticket_voided',
  'receipt_reprinted',
  'drawer_opened',
  'cash_moved',
  'shift_opened',
  'shift_closed',
  'day_opened',
  'day_closed',
  'goods_received',
  'supplier_return',
  'stock_counted',
  'stock_adjusted',
  'transfer_shipped',
  'transfer_received',
  'stock_requested',
  'sale_requested',
  'sale_answered',
  'item_unknown',
  'signed_in',
  'signed_out',
  'box_event',
  'supplier_invoiced',
  'paid',
  'manual_entry',
  'cost_allocated',
  'landed_cost_added',
  'transfer_settled',
  'reclassified',
  'period_closed',
]

/** A short text that is searched as it is typed to its end: on Enter, or when the field is left. */
function ExactFilter({ name, value, label }: { name: string; value: string; label: string }) {
  const write = (typed: string) => {
    if (typed.trim() !== value) setFilters({ [name]: typed.trim(), before: '' })
  }
  return (
    <Input
      key={value}
      allowClear
      className="exact"
      defaultValue={value}
      placeholder={label}
      aria-label={label}
      onClear={() => write('')}
      onBlur={(event) => write(event.target.value)}
      onPressEnter={(event) => write(event.currentTarget.value)}
    />
  )
}

function FactFilters({ filters }: { filters: Filters }) {
  const { t } = useTexts()
  return (
    <div className="filters">
      <SearchFilter query={filters.query ?? ''} placeholder={t('facts.search')} />
      <StoreFilter store={filters.store} />
      <Select
        allowClear
        className="kind-select"
        showSearch={{ optionFilterProp: 'label' }}
        value={filters.kind || undefined}
        placeholder={t('facts.all_kinds')}
        aria-label={t('fact.kind')}
        options={KINDS.map((kind) => ({ value: kind, label: textOfCode(t, 'kind', kind) }))}
        onChange={(kind?: string) => setFilters({ kind: kind ?? '', before: '' })}
      />
      <DateFilter filters={filters} label={t('sales.dates')} />
      <ExactFilter name="staff_no" value={filters.staff_no ?? ''} label={t('fact.staff')} />
      <ExactFilter
        name="register_no"
        value={filters.register_no ?? ''}
        label={t('fact.register')}
      />
    </div>
  )
}

/** Nobody counts years of facts: there is a next page, or there is none. */
function Pager({ answer, isFirst }: { answer: FactListing; isFirst: boolean }) {
  const { t } = useTexts()
  return (
    <nav className="pager" aria-label={t('facts.pages')}>
      <Button
        icon={<LeftOutlined />}
        disabled={isFirst}
        onClick={() => goToFilters({ before: '' })}
      >
        {t('facts.newest')}
      </Button>
      <Button
        disabled={answer.next_page === null}
        onClick={() => goToFilters({ before: answer.next_page ?? '' })}
      >
        {t('facts.older')} <RightOutlined />
      </Button>
    </nav>
  )
}

export default function FactsPage({ filters }: PageProps) {
  const { t } = useTexts()
  const { query, store, kind, from, to, staff_no, register_no, before } = filters
  const wanted = { query, store, kind, from, to, staff_no, register_no }
  const facts = useHubRead('/facts', { ...wanted, before, limit: PAGE_ROWS })
  return (
    <>
      <PageHead title={t('console.facts')} asOf={facts.answer?.as_of}>
        <CsvButton href={hubUrl('/facts.csv', wanted)} />
      </PageHead>
      <FactFilters filters={filters} />
      <PageBody polled={facts}>
        {(answer) => (
          <>
            {answer.not_indexed > 0 ? (
              <Alert
                type="info"
                showIcon
                className="stale"
                title={t('facts.not_indexed', { count: formatCount(answer.not_indexed) })}
              />
            ) : null}
            <FactTable
              rows={answer.rows}
              isLoading={facts.isLoading}
              height="calc(100vh - 310px)"
              empty={<NothingFound filters={filters} />}
            />
            <Pager answer={answer} isFirst={!before} />
          </>
        )}
      </PageBody>
    </>
  )
}
