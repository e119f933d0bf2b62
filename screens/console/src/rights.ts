// What a page needs and who sees which figure. Screens leave out what the hub would refuse anyway.

import type { Session } from 'kit/api-types.ts'

export type FieldName = 'cost' | 'margin' | 'member_data'

/** By the first part of the page's path. */
const RIGHT_OF_PAGE: Record<string, string> = {
  '': 'read_sales',
  stores: 'read_stores',
  stock: 'read_stock',
  transfers: 'read_transfers',
  sales: 'read_sales',
  facts: 'read_journal',
  'unknown-codes': 'read_journal',
  accounts: 'read_ledger',
  'trial-balance': 'read_ledger',
}

export function may(session: Session, right: string): boolean {
  return session.rights.includes(right)
}

/** A path that is listed nowhere is left to the shell, which says that there is no such page. */
export function mayOpen(session: Session, path: string): boolean {
  const right = RIGHT_OF_PAGE[path.split('/')[0] ?? '']
  return right === undefined || may(session, right)
}

export function sees(session: Session, field: FieldName): boolean {
  return session.fields.includes(field)
}
