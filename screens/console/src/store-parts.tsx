// Stores wherever a page names them: the filter, the state, the name beside the number.

import { Select, Tag } from 'antd'
import type { StoreFreshness, StoreRow } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useHubRead } from './hub.tsx'
import { fragmentOf, setFilters } from './route.ts'

/** The most the hub gives in one block; a chain has fewer stores. */
export const BLOCK_MAX = 500
/** A store opens or changes its name less often than that. */
const STORE_NAMES_EVERY_MS = 60_000

const STATE_COLOURS: Record<StoreFreshness, string> = {
  fresh: 'success',
  late: 'warning',
  silent: 'error',
  never: 'default',
}

export function StoreStateTag({ state }: { state: StoreFreshness }) {
  const { t } = useTexts()
  return <Tag color={STATE_COLOURS[state]}>{t(`stores.state.${state}`)}</Tag>
}

export function StoreName({ store, name }: { store: string; name: string }) {
  return (
    <span className="store-name">
      {name} <span className="quiet">{store}</span>
    </span>
  )
}

/** All stores, by number; empty until they are read. */
export function useStores(): StoreRow[] {
  const { answer } = useHubRead('/stores', { start: 0, end: BLOCK_MAX }, STORE_NAMES_EVERY_MS)
  return answer?.rows ?? []
}

/** Names stores by number in the language of the page; the number itself until they are read. */
export function useStoreNames(): (store: string) => string {
  const { nameOf } = useTexts()
  const stores = useStores()
  const names = new Map(stores.map((row) => [row.store, nameOf(row)]))
  return (store) => names.get(store) ?? store
}

export function storeHref(store: string): string {
  return fragmentOf({ path: `stores/${encodeURIComponent(store)}`, filters: {} })
}

type StoreSelectProps = {
  value: string | undefined
  onChange: (store: string | undefined) => void
  placeholder: string
  status?: 'error'
  allowClear?: boolean
}

export function StoreSelect({ placeholder, ...select }: StoreSelectProps) {
  const { nameOf } = useTexts()
  const stores = useStores()
  const options = stores.map((row) => ({
    value: row.store,
    label: `${row.store} ${nameOf(row)}`,
  }))
  return (
    <Select
      {...select}
      className="store-select"
      showSearch={{ optionFilterProp: 'label' }}
      options={options}
      placeholder={placeholder}
      aria-label={placeholder}
    />
  )
}

/** The filter by store that several pages have, kept in the address. */
export function StoreFilter({ store }: { store: string | undefined }) {
  const { t } = useTexts()
  return (
    <StoreSelect
      allowClear
      value={store || undefined}
      placeholder={t('list.all_stores')}
      onChange={(chosen) => setFilters({ store: chosen ?? '', page: '', before: '' })}
    />
  )
}
