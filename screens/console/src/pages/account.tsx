// The card of one account: where its balance comes from, line by line, each with its fact.

import { LeftOutlined } from '@ant-design/icons'
import { Button, Table } from 'antd'
import type { TableColumnsType } from 'antd'
import type { AccountName, CardLine, LedgerCard } from 'kit/api-types.ts'
import { formatCount, formatFen } from 'kit/format.ts'
import { CsvButton, PageBody, PageHead } from 'kit/list-page.tsx'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { FactLink, referenceOf, textOfCode } from '../fact-parts.tsx'
import { NothingFound } from '../filters.tsx'
import { hubUrl, useHubRead } from '../hub.tsx'
import { BooksFilters, booksOf, sideText } from '../ledger-parts.tsx'
import type { PageProps } from '../page-list.tsx'
import { filtersOfPage, PAGE_SIZES, pageOf, rangeOf } from '../paging.ts'
import { fragmentOf, setFilters, type Filters } from '../route.ts'
import { StoreName, useStoreNames } from '../store-parts.tsx'

/** A balance is read with the side that it stands on; even when there is none. */
function sideOf(t: Texts['t'], { side }: AccountName, balanceFen: number): string {
  if (balanceFen === 0) return t('ledger.side.even')
  const isDebit = (side === 'debit') === balanceFen > 0
  return t(isDebit ? 'trial.side.debit' : 'trial.side.credit')
}

function columnsOf(
  { t }: Texts,
  account: AccountName,
  storeName: (store: string) => string,
): TableColumnsType<CardLine> {
  return [
    {
      title: t('ledger.date'),
      fixed: 'left',
      width: 104,
      render: (_, row) => (
        <>
          {row.business_date}
          {row.business_date.startsWith(row.period) ? null : (
            <small className="late"> {t('ledger.late', { period: row.period })}</small>
          )}
        </>
      ),
    },
    {
      title: t('list.store'),
      width: 180,
      ellipsis: true,
      render: (_, row) => <StoreName store={row.entry_store} name={storeName(row.entry_store)} />,
    },
    {
      title: t('ledger.what'),
      width: 120,
      render: (_, row) => <FactLink place={row}>{textOfCode(t, 'kind', row.kind)}</FactLink>,
    },
    { title: t('fact.reference'), width: 130, render: (_, row) => referenceOf(row) },
    {
      title: t('ledger.debit'),
      width: 140,
      align: 'right',
      render: (_, row) => sideText(row.debit_fen),
    },
    {
      title: t('ledger.credit'),
      width: 140,
      align: 'right',
      render: (_, row) => sideText(row.credit_fen),
    },
    {
      title: t('ledger.side'),
      width: 64,
      align: 'center',
      render: (_, row) => sideOf(t, account, row.balance_fen),
    },
    {
      title: t('ledger.balance'),
      width: 150,
      align: 'right',
      render: (_, row) => formatFen(Math.abs(row.balance_fen)),
    },
  ]
}

const COLUMNS_BEFORE_SUMS = 4

type SumProps = {
  account: AccountName
  label: string
  debitFen?: number
  creditFen?: number
  balanceFen?: number
}

function SumRow({ account, label, debitFen, creditFen, balanceFen }: SumProps) {
  const { t } = useTexts()
  const amount = (fen: number | undefined) => (fen === undefined ? '' : formatFen(fen))
  return (
    <Table.Summary.Row className="sums">
      <Table.Summary.Cell index={0} colSpan={COLUMNS_BEFORE_SUMS}>
        {label}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={4} align="right">
        {amount(debitFen)}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={5} align="right">
        {amount(creditFen)}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={6} align="center">
        {balanceFen === undefined ? '' : sideOf(t, account, balanceFen)}
      </Table.Summary.Cell>
      <Table.Summary.Cell index={7} align="right">
        {balanceFen === undefined ? '' : formatFen(Math.abs(balanceFen))}
      </Table.Summary.Cell>
    </Table.Summary.Row>
  )
}

/** Above the lines, as on paper: where the balance starts. */
function Opening({ card, isFirst }: { card: LedgerCard; isFirst: boolean }) {
  const { t } = useTexts()
  const fen = card.brought_forward_fen
  return (
    <p className="card-opening">
      <span>{t(isFirst ? 'ledger.opening' : 'ledger.brought_forward')}</span>
      <span>
        {sideOf(t, card.account, fen)} <b>{formatFen(Math.abs(fen))}</b>
      </span>
    </p>
  )
}

type CardProps = { card: LedgerCard; isLoading: boolean; filters: Filters }

function Card({ card, isLoading, filters }: CardProps) {
  const texts = useTexts()
  const { t } = texts
  const storeName = useStoreNames()
  const page = pageOf(filters)
  const { account, sums } = card
  const hasPages = sums.lines > card.rows.length
  return (
    <div className="list ledger-card">
      <Opening card={card} isFirst={page.number === 1} />
      <Table
        size="small"
        rowKey={(row) => `${row.store}/${row.epoch}/${row.seq}/${row.line_no}`}
        loading={isLoading}
        scroll={{ x: 1028, y: 'max(180px, calc(100vh - 440px))' }}
        columns={columnsOf(texts, account, storeName)}
        dataSource={card.rows}
        summary={() => (
          <Table.Summary fixed="bottom">
            {hasPages ? (
              <SumRow
                account={account}
                label={t('ledger.of_page')}
                debitFen={card.block_debit_fen}
                creditFen={card.block_credit_fen}
              />
            ) : null}
            <SumRow
              account={account}
              label={t('ledger.of_all')}
              debitFen={sums.debit_fen}
              creditFen={sums.credit_fen}
              balanceFen={sums.closing_fen}
            />
          </Table.Summary>
        )}
        locale={{ emptyText: <NothingFound filters={filters} /> }}
        pagination={{
          current: page.number,
          pageSize: page.size,
          pageSizeOptions: PAGE_SIZES,
          total: card.total,
          showSizeChanger: true,
          showTotal: (total) => t('list.total', { count: formatCount(total) }),
          onChange: (number, size) => setFilters(filtersOfPage(page, { number, size })),
        }}
      />
    </div>
  )
}

export default function AccountPage({ filters, params }: PageProps) {
  const { t, nameOf } = useTexts()
  const { account_code = '' } = params
  const wanted = booksOf(filters)
  const range = rangeOf(pageOf(filters))
  const card = useHubRead('/ledger/{account_code}', { account_code, ...wanted, ...range })
  const name = card.answer ? nameOf(card.answer.account) : ''
  const { from = '', through = '', period = '', store = '' } = wanted
  const back = fragmentOf({ path: 'trial-balance', filters: { from, through, period, store } })
  return (
    <>
      <PageHead
        title={t('ledger.card', { account: `${account_code} ${name}`.trim() })}
        asOf={card.answer?.as_of}
      >
        <Button type="text" icon={<LeftOutlined />} href={back}>
          {t('ledger.back')}
        </Button>
        <CsvButton href={hubUrl('/ledger/{account_code}.csv', { account_code, ...wanted })} />
      </PageHead>
      <BooksFilters filters={filters} />
      <PageBody polled={card}>
        {(answer) => <Card card={answer} isLoading={card.isLoading} filters={filters} />}
      </PageBody>
    </>
  )
}
