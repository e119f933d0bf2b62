// Finds a sentence by its key and puts values into it.

import type { Names, Refusal } from '../api-types.ts'
import { en } from './en.ts'
import { zh, type TextKey } from './zh.ts'

export type { TextKey }
export type Language = 'zh' | 'en'
export type TextValues = Record<string, string | number>

const CATALOGUES: Record<Language, Record<TextKey, string>> = { zh, en }

/** The sentence with its {values} filled in. A value that is missing stays visible as {name}. */
export function translate(language: Language, key: TextKey, values: TextValues = {}): string {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (slot, name: string) =>
    String(values[name] ?? slot),
  )
}

/** Whether there is a sentence for a code that comes from a server, such as `kind.ticket`. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(zh, key)
}

/** A name from the data; English falls back to Chinese where nobody translated it. */
export function nameOf(language: Language, names: Names): string {
  return language === 'en' && names.name_en ? names.name_en : names.name
}

export function detailOf(language: Language, refusal: Refusal): string {
  return language === 'zh' ? refusal.detail_zh : refusal.detail
}

/** A refusal that the page makes itself, in the form in which the servers send theirs. */
export function refuse(code: string, key: TextKey, values: TextValues = {}): Refusal {
  return { code, detail: translate('en', key, values), detail_zh: translate('zh', key, values) }
}
