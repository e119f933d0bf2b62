// Tells what was refused, loudly and without standing in the way of the next scan.

import { CloseOutlined, WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect } from 'react'
import { beep } from './beep.ts'
import type { View } from './view.ts'

/** Long enough to look up from the goods and read a sentence twice. */
const SHOWN_MS = 8_000

type NoticeBannerProps = { notice: NonNullable<View['notice']>; onDismiss: () => void }

export function NoticeBanner({ notice, onDismiss }: NoticeBannerProps) {
  const { t, detailOf } = useTexts()
  const { number, level } = notice
  useEffect(() => {
    beep(level)
    const timer = setTimeout(onDismiss, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [number, level, onDismiss])
  return (
    <div key={number} role="alert" className={`notice notice-${level}`}>
      <WarningFilled />
      <span>{detailOf(notice)}</span>
      <Button
        type="text"
        icon={<CloseOutlined />}
        aria-label={t('notice.dismiss')}
        onClick={onDismiss}
      />
    </div>
  )
}
