import { expect, test } from 'vitest'
import { readFragment } from './credentials.ts'

test('a binding link names the register and its token', () => {
  const credentials = readFragment('#register_no=2&token=a%2Bb')

  expect(credentials).toEqual({ register_no: '2', token: 'a+b' })
})

test.each(['', '#', '#register_no=2', '#token=x', '#register_no=&token=x'])(
  'fragment %s binds nothing',
  (fragment) => {
    expect(readFragment(fragment)).toBeNull()
  },
)
