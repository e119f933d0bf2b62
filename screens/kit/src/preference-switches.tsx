// The two switches of every header: language and darkness.

import { MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { usePreferences, useTexts } from './preferences.tsx'

export function PreferenceSwitches() {
  const { language, dark, setLanguage, setDark } = usePreferences()
  const { t } = useTexts()
  return (
    <>
      <Button
        type="text"
        aria-label={`${t('app.other_language')} · ${t('app.language')}`}
        onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      >
        {t('app.other_language')}
      </Button>
      <Button
        type="text"
        icon={dark ? <SunOutlined /> : <MoonOutlined />}
        aria-label={t(dark ? 'app.light' : 'app.dark')}
        aria-pressed={dark}
        onClick={() => setDark(!dark)}
      />
    </>
  )
}
