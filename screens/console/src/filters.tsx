// The filters above a list. They write to the address; the list reads from it.

import { SearchOutlined } from '@ant-design/icons'
import { Button, DatePicker, Input } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useTexts } from 'kit/preferences.tsx'
import { EmptyPanel } from 'kit/states.tsx'
import { useEffect, useState } from 'react'
import { setFilters, type Filters } from './route.ts'

/** Longer than the gap between two keys, so that one word is one query. */
const TYPING_PAUSE_MS = 300

/** Free text: written to the address once typing pauses. */
export function SearchFilter({ query, placeholder }: { query: string; placeholder: string }) {
  const [typed, setTyped] = useState(query)
  useEffect(() => setTyped(query), [query])
  useEffect(() => {
    if (typed === query) return
    const timer = setTimeout(
      () => setFilters({ query: typed, page: '', before: '' }),
      TYPING_PAUSE_MS,
    )
    return () => clearTimeout(timer)
  }, [typed, query])
  return (
    <Input
      allowClear
      className="search"
      prefix={<SearchOutlined />}
      value={typed}
      placeholder={placeholder}
      aria-label={placeholder}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}

/** Both dates count; each may be left open. */
export function DateFilter({ filters, label }: { filters: Filters; label: string }) {
  const chosen = (date: string | undefined) => (date ? dayjs(date) : null)
  return (
    <DatePicker.RangePicker
      allowEmpty={[true, true]}
      value={[chosen(filters.from), chosen(filters.to)]}
      aria-label={label}
      onChange={(_dates, texts) =>
        setFilters({ from: texts?.[0] ?? '', to: texts?.[1] ?? '', page: '', before: '' })
      }
    />
  )
}

/** Empty because of the filters, or because there is nothing yet: the way out differs. */
export function NothingFound({ filters }: { filters: Filters }) {
  const { t } = useTexts()
  const set = Object.keys(filters)
  if (set.length === 0) {
    return <EmptyPanel title={t('list.nothing_yet')} help={t('list.nothing_yet_help')} />
  }
  const cleared = Object.fromEntries(set.map((name) => [name, '']))
  return (
    <EmptyPanel title={t('list.empty')} help={t('list.empty_help')}>
      <Button onClick={() => setFilters(cleared)}>{t('list.clear')}</Button>
    </EmptyPanel>
  )
}
