import { expect, test } from 'vitest'
import { en } from './en.ts'
import { detailOf, nameOf, refuse, translate, type TextKey } from './index.ts'
import { zh } from './zh.ts'

const KEYS = Object.keys(zh) as TextKey[]

function slots(sentence: string): string[] {
  return Array.from(sentence.matchAll(/\{\w+\}/g), (match) => match[0]).sort()
}

test('both catalogues have the same keys in the same order', () => {
  expect(Object.keys(en)).toEqual(KEYS)
})

test.each(KEYS)('%s takes the same values in both languages', (key) => {
  expect(slots(en[key])).toEqual(slots(zh[key]))
})

test.each(KEYS)('%s says something in both languages', (key) => {
  expect(zh[key].trim()).not.toBe('')
  expect(en[key].trim()).not.toBe('')
})

test('only the way back to Chinese is Chinese in English', () => {
  const mixed = KEYS.filter((key) => /[\u3000-\u9fff\uff00-\uffef]/.test(en[key]))

  expect(mixed).toEqual(['app.other_language'])
})

test('values are put into their slots', () => {
  expect(translate('zh', 'register.hq_waiting', { count: 3 })).toBe('待传 3 条')
  expect(translate('en', 'register.hq_waiting', { count: 3 })).toBe('3 waiting')
})

test('a name without a translation is shown in Chinese', () => {
  expect(nameOf('en', { name: '散装苹果', name_en: '' })).toBe('散装苹果')
  expect(nameOf('en', { name: '散装苹果', name_en: 'Apples' })).toBe('Apples')
})

test('a refusal of the page speaks both languages', () => {
  const refusal = refuse('too_many_waiting', 'notice.too_many_waiting')

  expect(detailOf('zh', refusal)).toBe(zh['notice.too_many_waiting'])
  expect(detailOf('en', refusal)).toBe(en['notice.too_many_waiting'])
})
