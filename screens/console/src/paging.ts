// Pages of a list, as the address holds them and as the hub wants them.

import type { Filters } from './route.ts'

/** Few enough to draw at once, enough to scroll through; the hub gives 500 at most. */
export const PAGE_SIZES = [50, 100, 200]
const PAGE_SIZE_DEFAULT = 50

export type Page = { number: number; size: number }

/** The page in the address, from 1. Anything that is no page there is the first one. */
export function pageOf(filters: Filters): Page {
  const size = Number(filters.page_size)
  const number = Number(filters.page)
  return {
    number: Number.isInteger(number) && number > 0 ? number : 1,
    size: PAGE_SIZES.includes(size) ? size : PAGE_SIZE_DEFAULT,
  }
}

/** Rows start to end, the end not included. */
export function rangeOf({ number, size }: Page): { start: number; end: number } {
  return { start: (number - 1) * size, end: number * size }
}

/** What the address holds for a page; the usual is left out. Another size starts at the first page. */
export function filtersOfPage(before: Page, after: Page): Filters {
  const number = before.size === after.size ? after.number : 1
  return {
    page: number === 1 ? '' : String(number),
    page_size: after.size === PAGE_SIZE_DEFAULT ? '' : String(after.size),
  }
}

export type SortOrder = 'ascend' | 'descend' | null

/** The hub sorts by a field name, downwards with a minus before it. */
export function sortOf(field: string, order: SortOrder): string {
  if (order === null) return ''
  return order === 'descend' ? `-${field}` : field
}

export function orderOf(sort: string | undefined, field: string): SortOrder {
  if (sort === field) return 'ascend'
  return sort === `-${field}` ? 'descend' : null
}
