// Which page is open and with which filters: all of it in the fragment, so that a link shows the same.

import { useMemo, useSyncExternalStore } from 'react'

export type Filters = Record<string, string>
export type Route = { path: string; filters: Filters }

/** `#/stock?store=S001` is the page stock with one filter; an empty fragment is the first page. */
export function parseFragment(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#\/?/, '').split('?')
  return { path, filters: Object.fromEntries(new URLSearchParams(search)) }
}

/** Filters that are empty are left out, so that the same view has one address. */
export function fragmentOf({ path, filters }: Route): string {
  const set = Object.entries(filters).filter(([, value]) => value !== '')
  const search = new URLSearchParams(set).toString()
  return search ? `#/${path}?${search}` : `#/${path}`
}

function watch(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export function useRoute(): Route {
  const fragment = useSyncExternalStore(watch, () => location.hash)
  return useMemo(() => parseFragment(fragment), [fragment])
}

/** Change some filters of the open page. The way back leads to the page before, not through them. */
export function setFilters(changes: Filters): void {
  const { path, filters } = parseFragment(location.hash)
  const fragment = fragmentOf({ path, filters: { ...filters, ...changes } })
  history.replaceState(null, '', fragment)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
