// Which features the screens leave out: what headquarters switched off for the store or for the role.

import type { RegisterState } from 'kit/api-types.ts'

/** Rights that can be switched off, by their names on the box. */
export type Feature =
  | 'give_discount'
  | 'override_price'
  | 'refund'
  | 'open_drawer'
  | 'move_cash'
  | 'receive_goods'
  | 'return_goods'
  | 'move_transfer'
  | 'request_stock'
  | 'count_stock'
  | 'adjust_stock'

export function isOn(state: RegisterState, feature: Feature): boolean {
  return !state.rights_off.includes(feature) && !state.status.rights_off.includes(feature)
}
