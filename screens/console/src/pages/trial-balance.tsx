// The books: every account with its two sides, and whether they agree with the stock.

import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { AccountRow, LedgerTotals, TrialBalance } from 'kit/api-types.ts'
import { formatCount, formatFen } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import type { TextKey } from 'kit/text/index.ts'
import { NothingFound } from '../filters.tsx'
import { hubUrl, useHubRead } from '../hub.tsx'
import { AccountLink, BooksFilters, booksOf, sideText } from '../ledger-parts.tsx'
import type { PageProps } from '../page-list.tsx'
import type { Filters } from '../route.ts'

type SideField = keyof LedgerTotals

/** The three pairs of columns, in the order of time. */
const PAIRS: { titleKey: TextKey; debit: SideField; credit: SideField }[] = [
  { titleKey: 'trial.opening', debit: 'opening_debit_fen', credit: 'opening_credit_fen' },
  { titleKey: 'trial.movement', debit: 'debit_fen', credit: 'credit_fen' },
  { titleKey: 'trial.closing', debit: 'closing_debit_fen', credit: 'closing_credit_fen' },
]
const SIDES = PAIRS.flatMap(({ debit, credit }) => [debit, credit])
/** For a hundred million yuan. */
const SIDE_PX = 140

function columnsOf({ t, nameOf }: Texts, filters: Filters): TableColumnsType<AccountRow> {
  const side = (title: string, field: SideField) => ({
    title,
    key: field,
    width: SIDE_PX,
    align: 'right' as const,
    render: (_: unknown, row: AccountRow) => sideText(row[field]),
  })
  return [
    {
      title: t('trial.account_code'),
      fixed: 'left',
      width: 100,
      render: (_, row) => <AccountLink code={row.account_code} filters={filters} />,
    },
    { title: t('trial.account'), width: 166, render: (_, row) => nameOf(row) },
    ...PAIRS.map(({ titleKey, debit, credit }) => ({
      title: t(titleKey),
      key: titleKey,
      children: [side(t('ledger.debit'), debit), side(t('ledger.credit'), credit)],
    })),
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
      <Check label={t('trial.payables_vs_gl')} {...differs(checks.payables_vs_gl_fen)} />
      <Check label={t('trial.uninvoiced_vs_gl')} {...differs(checks.uninvoiced_vs_gl_fen)} />
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
      <Table.Summary.Cell index={0} colSpan={2}>
        {t('list.sum')}
      </Table.Summary.Cell>
      {SIDES.map((field, place) => (
        <Table.Summary.Cell key={field} index={place + 2} align="right">
          {formatFen(totals[field])}
        </Table.Summary.Cell>
      ))}
    </Table.Summary.Row>
  )
}

type AccountsProps = { answer: TrialBalance; isLoading: boolean; filters: Filters }

function Accounts({ answer, isLoading, filters }: AccountsProps) {
  const texts = useTexts()
  return (
    <Table
      className="list"
      size="small"
      rowKey="account_code"
      pagination={false}
      loading={isLoading}
      bordered
      scroll={{ x: 266 + SIDES.length * SIDE_PX, y: 'max(220px, calc(100vh - 440px))' }}
      columns={columnsOf(texts, filters)}
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
  const wanted = booksOf(filters)
  const books = useHubRead('/trial-balance', wanted)
  return (
    <>
      <PageHead title={t('console.trial_balance')} asOf={books.answer?.as_of}>
        <CsvButton href={hubUrl('/trial-balance.csv', wanted)} />
      </PageHead>
      <BooksFilters filters={filters} />
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
