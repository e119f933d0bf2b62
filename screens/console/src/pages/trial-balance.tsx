// The books: every account with its two sides, and whether they agree with the stock.

import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { DatePicker, Table } from 'antd'
import type { TableColumnsType } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import type { AccountRow, TrialBalance } from 'kit/api-types.ts'
import { formatCount, formatFen } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { NothingFound } from '../filters.tsx'
import { hubUrl, useHubRead } from '../hub.tsx'
import type { PageProps } from '../page-list.tsx'
import { setFilters, type Filters } from '../route.ts'
import { BLOCK_MAX, StoreFilter } from '../store-parts.tsx'

/** A side without movement stays blank, as on paper. */
function sideText(fen: number): string {
  return fen === 0 ? '' : formatFen(fen)
}

function columnsOf({ t, nameOf }: Texts): TableColumnsType<AccountRow> {
  return [
    { title: t('trial.account_code'), dataIndex: 'account_code', width: 140 },
    { title: t('trial.account'), render: (_, row) => nameOf(row) },
    {
      title: t('trial.side'),
      width: 80,
      align: 'center',
      render: (_, row) => t(`trial.side.${row.side}`),
    },
    {
      title: t('trial.debit'),
      width: 190,
      align: 'right',
      render: (_, row) => sideText(row.debit_fen),
    },
    {
      title: t('trial.credit'),
      width: 190,
      align: 'right',
      render: (_, row) => sideText(row.credit_fen),
    },
    {
      title: t('trial.balance'),
      width: 190,
      align: 'right',
      render: (_, row) => (
        <span className={row.balance_fen < 0 ? 'negative' : undefined}>
          {formatFen(row.balance_fen)}
        </span>
      ),
    },
  ]
}

type CheckProps = { label: string; holds: boolean; difference: string }

function Check({ label, holds, difference }: CheckProps) {
  const { t } = useTexts()
  return (
    <li className={holds ? 'check check-holds' : 'check check-fails'}>
      {holds ? <CheckCircleFilled /> : <CloseCircleFilled />}
      <span>{label}</span>
      <b>{holds ? t('trial.holds') : difference}</b>
    </li>
  )
}

function Checks({ answer }: { answer: TrialBalance }) {
  const { t } = useTexts()
  const { checks, totals } = answer
  const differs = (fen: number) => ({
    holds: fen === 0,
    difference: t('trial.differs', { amount: formatFen(fen) }),
  })
  const count = checks.unbalanced_entries
  return (
    <ul className="checks" aria-label={t('trial.checks')}>
      <Check label={t('trial.sides')} {...differs(totals.debit_fen - totals.credit_fen)} />
      <Check label={t('trial.stock_vs_gl')} {...differs(checks.stock_vs_gl_fen)} />
      <Check label={t('trial.in_transit_vs_gl')} {...differs(checks.in_transit_vs_gl_fen)} />
      <Check
        label={t('trial.unbalanced')}
        holds={count === 0}
        difference={t('trial.unbalanced_count', { count: formatCount(count) })}
      />
    </ul>
  )
}

function TotalsRow({ totals }: { totals: TrialBalance['totals'] }) {
  const { t } = useTexts()
  return (
    <Table.Summary.Row className="sums">
      <Table.Summary.Cell index={0} colSpan={3}>
        {t('list.sum')}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={3} align="right">
        {formatFen(totals.debit_fen)}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={4} align="right">
        {formatFen(totals.credit_fen)}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={5} />
    </Table.Summary.Row>
  )
}

function ThroughFilter({ through }: { through: string | undefined }) {
  const { t } = useTexts()
  return (
    <DatePicker
      value={through ? dayjs(through) : null}
      placeholder={t('trial.through')}
      aria-label={t('trial.through')}
      onChange={(_date, text) => setFilters({ through: String(text ?? '') })}
    />
  )
}

type AccountsProps = { answer: TrialBalance; isLoading: boolean; filters: Filters }

function Accounts({ answer, isLoading, filters }: AccountsProps) {
  const texts = useTexts()
  return (
    <Table
      className="list"
      size="middle"
      rowKey="account_code"
      pagination={false}
      loading={isLoading}
      scroll={{ x: 960, y: 'calc(100vh - 398px)' }}
      columns={columnsOf(texts)}
      dataSource={answer.rows}
      summary={() => (
        <Table.Summary fixed="bottom">
          <TotalsRow totals={answer.totals} />
        </Table.Summary>
      )}
      locale={{ emptyText: <NothingFound filters={filters} /> }}
    />
  )
}

export default function TrialBalancePage({ filters }: PageProps) {
  const { t } = useTexts()
  const { through, store } = filters
  const books = useHubRead('/trial-balance', { through, store, start: 0, end: BLOCK_MAX })
  return (
    <>
      <PageHead title={t('console.trial_balance')} asOf={books.answer?.as_of}>
        <CsvButton href={hubUrl('/trial-balance.csv', { through, store })} />
      </PageHead>
      <div className="filters">
        <ThroughFilter through={through} />
        <StoreFilter store={store} />
      </div>
      <PageBody polled={books}>
        {(answer) => (
          <>
            <Checks answer={answer} />
            <Accounts answer={answer} isLoading={books.isLoading} filters={filters} />
          </>
        )}
      </PageBody>
    </>
  )
}
