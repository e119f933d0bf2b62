import { expect, test } from 'vitest'
import { filtersOfPage, orderOf, pageOf, rangeOf, sortOf } from './paging.ts'

test.each([
  [{}, { number: 1, size: 50 }],
  [
    { page: '3', page_size: '200' },
    { number: 3, size: 200 },
  ],
  [{ page: '0' }, { number: 1, size: 50 }],
  [
    { page: 'x', page_size: '100000' },
    { number: 1, size: 50 },
  ],
])('address %o is page %o', (filters, page) => {
  expect(pageOf(filters)).toEqual(page)
})

test('a page asks for half-open rows', () => {
  expect(rangeOf({ number: 3, size: 50 })).toEqual({ start: 100, end: 150 })
})

test('the first page of the usual size is not in the address', () => {
  expect(filtersOfPage({ number: 2, size: 50 }, { number: 1, size: 50 })).toEqual({
    page: '',
    page_size: '',
  })
})

test('another size starts at the first page', () => {
  expect(filtersOfPage({ number: 7, size: 50 }, { number: 7, size: 200 })).toEqual({
    page: '',
    page_size: '200',
  })
})

test.each([
  ['value_fen', 'ascend'],
  ['-value_fen', 'descend'],
] as const)('sort %s and order %s are the same', (sort, order) => {
  expect(sortOf('value_fen', order)).toBe(sort)
  expect(orderOf(sort, 'value_fen')).toBe(order)
})

test('a column that is not sorted by has no order', () => {
  expect(sortOf('value_fen', null)).toBe('')
  expect(orderOf('sku', 'value_fen')).toBeNull()
})
