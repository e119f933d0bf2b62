import { expect, test } from 'vitest'
import { fragmentOf, matchPath, parseFragment } from './route.ts'

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

test.each([
  ['', '', {}],
  ['stores', 'stores', {}],
  ['stores', 'stock', null],
  ['stores/:store', 'stores/S001', { store: 'S001' }],
  ['stores/:store', 'stores/a%20b', { store: 'a b' }],
  ['stores/:store', 'stores', null],
  ['stores/:store', 'stores/', null],
  ['stores/:store', 'stores/S001/1', null],
  ['facts/:store/:epoch/:seq', 'facts/S001/1/12', { store: 'S001', epoch: '1', seq: '12' }],
])('pattern %s of path %s is %o', (pattern, path, values) => {
  expect(matchPath(pattern, path)).toEqual(values)
})
