import { expect, test } from 'vitest'
import { readFragment } from './credentials.ts'

test('a binding link names the register and its token', () => {
  const credentials = readFragment('#register_no=2&token=a%2Bb')

  expect(credentials).toEqual({ register_no: '2', token: 'a+b', page: 'till' })
})

test('a phone between the shelves gets the back room alone', () => {
  expect(readFragment('#register_no=9&token=x&page=back_room')?.page).toBe('back_room')
  expect(readFragment('#register_no=9&token=x&page=display')?.page).toBe('display')
  expect(readFragment('#register_no=9&token=x&page=other')?.page).toBe('till')
})

test.each(['', '#', '#register_no=2', '#token=x', '#register_no=&token=x'])(
  'fragment %s binds nothing',
  (fragment) => {
    expect(readFragment(fragment)).toBeNull()
  },
)
