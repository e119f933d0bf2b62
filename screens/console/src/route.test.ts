import { expect, test } from 'vitest'
import { fragmentOf, parseFragment } from './route.ts'

test.each([
  ['', { path: '', filters: {} }],
  ['#/', { path: '', filters: {} }],
  ['#/stock', { path: 'stock', filters: {} }],
  [
    '#/stock?store=S001&sort=-value_fen',
    { path: 'stock', filters: { store: 'S001', sort: '-value_fen' } },
  ],
])('fragment %s is read as page and filters', (fragment, route) => {
  expect(parseFragment(fragment)).toEqual(route)
})

test('a route reads back as it was written', () => {
  const route = { path: 'stock', filters: { query: '可乐 & 330ml', store: 'S001' } }

  expect(parseFragment(fragmentOf(route))).toEqual(route)
})

test('empty filters are left out of the address', () => {
  expect(fragmentOf({ path: 'sales', filters: { store: '', from: '' } })).toBe('#/sales')
})
