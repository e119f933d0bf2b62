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

/**
 * The values of a pattern's `:names` in a path: `stores/:store` of `stores/S001` is { store: 'S001' }.
 * Null when the path is of another page.
 */
export function matchPath(pattern: string, path: string): Filters | null {
  const wanted = pattern.split('/')
  const parts = path.split('/')
  if (wanted.length !== parts.length) return null
  const values: Filters = {}
  for (const [place, name] of wanted.entries()) {
    const part = parts[place] ?? ''
    if (name.startsWith(':')) {
      if (part === '') return null
      values[name.slice(1)] = decodeURIComponent(part)
    } else if (name !== part) return null
  }
  return values
}

function watch(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export function useRoute(): Route {
  const fragment = useSyncExternalStore(watch, () => location.hash)
  return useMemo(() => parseFragment(fragment), [fragment])
}

/** Open the same page with other filters, so that the way back leads to these. */
export function goToFilters(changes: Filters): void {
  const { path, filters } = parseFragment(location.hash)
  location.hash = fragmentOf({ path, filters: { ...filters, ...changes } })
}

/** Change some filters of the open page. The way back leads to the page before, not through them. */
export function setFilters(changes: Filters): void {
  const { path, filters } = parseFragment(location.hash)
  const fragment = fragmentOf({ path, filters: { ...filters, ...changes } })
  history.replaceState(null, '', fragment)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
