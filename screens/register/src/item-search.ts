// Finds items of this store by code, item number or name.

import { pathWithQuery, type ApiError } from 'kit/api-client.ts'
import type { Item, Refusal } from 'kit/api-types.ts'
import { useEffect, useState } from 'react'

import { askStore } from './store-api.ts'

/** As many as fit under the field without scrolling. */
const RESULTS_MAX = 7
/** Longer than the gap between two keys of somebody who types, shorter than one notices. */
const TYPING_PAUSE_MS = 150

export async function findItems(query: string, signal?: AbortSignal): Promise<Item[]> {
  return askStore<Item[]>(pathWithQuery('items', { query, limit: RESULTS_MAX }), { signal })
}

/** Items by number, in that order. */
export async function fetchItems(itemIds: number[]): Promise<Item[]> {
  const query = itemIds.map((itemId) => `item_id=${itemId}`).join('&')
  return askStore<Item[]>(`items?${query}`)
}

/** A code is something a scanner could have read; anything else is a name to search for. */
export function isCode(text: string): boolean {
  return /^\d+$/.test(text)
}

/** What a receipt's code looks like; it names a sale and no goods. */
export function isSaleCode(text: string): boolean {
  return /^LSR[0-9A-F]{32}$/i.test(text)
}

export type Search = { query: string; items: Item[]; problem: Refusal | null }

/** Results for what was typed, once typing pauses. Null while nothing is typed or nothing came yet. */
export function useItemSearch(text: string): Search | null {
  const [search, setSearch] = useState<Search | null>(null)
  const query = text.trim()
  useEffect(() => {
    if (query === '') {
      setSearch(null)
      return
    }
    const controller = new AbortController()
    const timer = setTimeout(() => {
      findItems(query, controller.signal).then(
        (items) => setSearch({ query, items, problem: null }),
        (error: ApiError) => {
          if (!controller.signal.aborted) setSearch({ query, items: [], problem: error.refusal })
        },
      )
    }, TYPING_PAUSE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [query])
  return search
}
