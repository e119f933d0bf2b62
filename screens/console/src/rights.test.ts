import type { Session } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import { mayOpen, sees } from './rights.ts'

const STORE_MANAGER: Session = {
  user_name: 'wang',
  display_name: '王',
  role: 'store_manager',
  role_name: '店长',
  role_name_en: 'Store manager',
  rights: ['read_sales', 'read_stock'],
  fields: ['member_data'],
  reach: 'stores:S001',
  must_change_password: false,
}

test.each([
  ['', true],
  ['sales', true],
  ['stock', true],
  ['trial-balance', false],
  ['accounts/1405', false],
  ['stores/S001', false],
  ['nothing', true],
])('page %s is open: %s', (path, isOpen) => {
  expect(mayOpen(STORE_MANAGER, path)).toBe(isOpen)
})

test('a field is seen when the role shows it', () => {
  expect(sees(STORE_MANAGER, 'cost')).toBe(false)
  expect(sees(STORE_MANAGER, 'member_data')).toBe(true)
})
