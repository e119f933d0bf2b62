// What every page of figures is made of: a title with the age of the figures, filters, states, export.

import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import type { ReactNode } from 'react'
import { Age } from './ages.tsx'
import type { AsOf } from './api-types.ts'
import { formatCount } from './format.ts'
import { useTexts } from './preferences.tsx'
import { ErrorPanel, LoadingPanel } from './states.tsx'
import type { Polled } from './use-poll.ts'

/** How old the figures are, what they still lack, and who has not been heard for longest. */
export function AsOfLine({ asOf }: { asOf: AsOf }) {
  const { t } = useTexts()
  const isBehind = asOf.facts_behind > 0
  return (
    <p className="as-of">
      {asOf.applied_at ? (
        <Sentence text={t('as_of.applied', { age: '\n' })} age={asOf.applied_at} />
      ) : (
        <span>{t('as_of.never')}</span>
      )}
      <span className={isBehind ? 'as-of-behind' : undefined}>
        {isBehind
          ? t('as_of.behind', { count: formatCount(asOf.facts_behind) })
          : t('as_of.current')}
      </span>
      {asOf.oldest_store_heard_at ? (
        <Sentence text={t('as_of.oldest', { age: '\n' })} age={asOf.oldest_store_heard_at} />
      ) : null}
    </p>
  )
}

/** `text` has a line feed where the living age goes. */
function Sentence({ text, age }: { text: string; age: string }) {
  const [before, after] = text.split('\n')
  return (
    <span>
      {before}
      <Age instant={age} />
      {after}
    </span>
  )
}

type PageHeadProps = { title: string; asOf: AsOf | undefined; children?: ReactNode }

/** `children` are the actions of the page, on its right. */
export function PageHead({ title, asOf, children }: PageHeadProps) {
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {asOf ? <AsOfLine asOf={asOf} /> : null}
      <div className="page-actions">{children}</div>
    </div>
  )
}

export function CsvButton({ href }: { href: string }) {
  const { t } = useTexts()
  return (
    <Button icon={<DownloadOutlined />} href={href} download>
      {t('list.csv')}
    </Button>
  )
}

type PageBodyProps<Answer> = { polled: Polled<Answer>; children: (answer: Answer) => ReactNode }

/** Loading and failure before the first answer; after it the answer, with a warning if it is stale. */
export function PageBody<Answer>({ polled, children }: PageBodyProps<Answer>) {
  const { t, detailOf } = useTexts()
  const { answer, problem, reload } = polled
  if (answer === null) {
    if (!problem) return <LoadingPanel />
    return <ErrorPanel title={t('problem.title')} help={detailOf(problem)} onRetry={reload} />
  }
  return (
    <>
      {problem ? (
        <Alert
          type="warning"
          showIcon
          className="stale"
          title={t('list.stale', { reason: detailOf(problem) })}
          action={
            <Button size="small" onClick={reload}>
              {t('app.retry')}
            </Button>
          }
        />
      ) : null}
      {children(answer)}
    </>
  )
}
