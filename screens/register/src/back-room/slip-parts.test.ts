import { describe, expect, test } from 'vitest'
import { addPart } from './slip-parts.ts'

const part = (number: number, slip = '0123456789abcdef') =>
  `LST1.${slip}.${number}.2.AbC-_${number}`

describe('codes of a slip', () => {
  test('are collected in any order, each once', () => {
    const first = addPart(null, `${part(2)}\n`)
    const again = addPart(first, part(2))
    const both = addPart(again, part(1))

    expect(first?.texts).toEqual([part(2)])
    expect(again?.texts).toEqual([part(2)])
    expect(both).toEqual({ slip: '0123456789abcdef', count: 2, texts: [part(2), part(1)] })
  })

  test('of another slip begin anew', () => {
    const other = addPart(addPart(null, part(1)), part(1, 'fedcba9876543210'))

    expect(other?.texts).toEqual([part(1, 'fedcba9876543210')])
  })

  test.each(['6901234567892', '', 'LST1.xyz.1.2.A', part(1).replace('LST1', 'LST2')])(
    '%s is none',
    (text) => {
      expect(addPart(null, text)).toBeNull()
    },
  )
})
