// Language and darkness: chosen by whoever looks, kept on this screen, changed without a reload.

import { ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import {
  createContext,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react'
import type { Names, Refusal } from './api-types.ts'
import {
  detailOf,
  nameOf,
  translate,
  type Language,
  type TextKey,
  type TextValues,
} from './text/index.ts'
import { antdThemeOf, applyPalette, paletteOf, type Palette } from './theme.ts'

const LANGUAGE_KEY = 'liushui.language'
const DARK_KEY = 'liushui.dark'

export type Preferences = {
  language: Language
  dark: boolean
  palette: Palette
  setLanguage: (language: Language) => void
  setDark: (dark: boolean) => void
}

const PreferencesContext = createContext<Preferences | null>(null)

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext)
  if (!preferences) throw new Error('usePreferences outside of <Frame>')
  return preferences
}

export type Texts = {
  language: Language
  t: (key: TextKey, values?: TextValues) => string
  nameOf: (names: Names) => string
  detailOf: (refusal: Refusal) => string
}

/** The words of the chosen language. Its functions change only when the language does. */
export function useTexts(): Texts {
  const { language } = usePreferences()
  return useMemo(
    () => ({
      language,
      t: (key, values) => translate(language, key, values),
      nameOf: (names) => nameOf(language, names),
      detailOf: (refusal) => detailOf(language, refusal),
    }),
    [language],
  )
}

function useKept(key: string, fallback: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? fallback)
  const keep = (next: string) => {
    localStorage.setItem(key, next)
    setValue(next)
  }
  return [value, keep]
}

type FrameProps = { titleKey: TextKey; density: 'touch' | 'dense'; children: ReactNode }

/** Everything a program stands in: palette, antd's theme and locale, title and language of the page. */
export function Frame({ titleKey, density, children }: FrameProps) {
  const [storedLanguage, keepLanguage] = useKept(LANGUAGE_KEY, 'zh')
  const [storedDark, keepDark] = useKept(DARK_KEY, '0')
  const language: Language = storedLanguage === 'en' ? 'en' : 'zh'
  const dark = storedDark === '1'
  useLayoutEffect(() => applyPalette(dark), [dark])
  useLayoutEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    document.title = translate(language, titleKey)
  }, [language, titleKey])
  const preferences: Preferences = {
    language,
    dark,
    palette: paletteOf(dark),
    setLanguage: keepLanguage,
    setDark: (next) => keepDark(next ? '1' : '0'),
  }
  return (
    <PreferencesContext value={preferences}>
      <ConfigProvider
        locale={language === 'zh' ? zhCN : enUS}
        theme={antdThemeOf(dark, density)}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
      >
        {children}
      </ConfigProvider>
    </PreferencesContext>
  )
}
