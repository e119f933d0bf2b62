// Tells what was refused, loudly and without standing in the way of the next scan.

import { CloseOutlined, WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import type { CodeQuestion } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect } from 'react'
import { beep } from './beep.ts'
import type { View } from './view.ts'

/** Long enough to look up from the goods and read a sentence twice. */
const SHOWN_MS = 8_000
/** Answers what the notice asks. */
export const ASK_KEY = 'F1'

type NoticeBannerProps = {
  notice: NonNullable<View['notice']>
  onAsk: (question: CodeQuestion) => void
  onDismiss: () => void
}

export function NoticeBanner({ notice, onAsk, onDismiss }: NoticeBannerProps) {
  const { t, detailOf } = useTexts()
  const { number, level, question } = notice
  useEffect(() => {
    beep(level)
    const timer = setTimeout(onDismiss, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [number, level, onDismiss])
  return (
    <div key={number} role="alert" className={`notice notice-${level}`}>
      <WarningFilled />
      <span>{detailOf(notice)}</span>
      {question ? (
        <Button aria-keyshortcuts={ASK_KEY} onClick={() => onAsk(question)}>
          {t(question.item_ids.length > 0 ? 'choice.title' : 'open_item.offer')}{' '}
          <small>{ASK_KEY}</small>
        </Button>
      ) : null}
      <Button
        type="text"
        icon={<CloseOutlined />}
        aria-label={t('notice.dismiss')}
        onClick={onDismiss}
      />
    </div>
  )
}
