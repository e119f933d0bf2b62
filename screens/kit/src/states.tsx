// The three states of a screen that has nothing to show: it loads, it is empty, it failed.

import { CloudOutlined, InboxOutlined, ReloadOutlined } from '@ant-design/icons'
import { Button, Spin } from 'antd'
import type { ReactNode } from 'react'
import { useTexts } from './preferences.tsx'

type PanelProps = { icon: ReactNode; title: string; help?: string; children?: ReactNode }

function StatePanel({ icon, title, help, children }: PanelProps) {
  return (
    <div className="state-panel">
      {icon}
      <h2>{title}</h2>
      {help ? <p>{help}</p> : null}
      {children}
    </div>
  )
}

const ICON_STYLE = { fontSize: 44, color: 'var(--sub)' }

export function LoadingPanel({ title }: { title?: string }) {
  const { t } = useTexts()
  return (
    <div role="status">
      <StatePanel icon={<Spin size="large" />} title={title ?? t('app.loading')} />
    </div>
  )
}

/** `children` is what to do next: a button, a link. */
export function EmptyPanel({ title, help, children }: Omit<PanelProps, 'icon'>) {
  return (
    <StatePanel icon={<InboxOutlined style={ICON_STYLE} />} title={title} help={help}>
      {children}
    </StatePanel>
  )
}

type ErrorProps = { title: string; help: string; onRetry?: () => void }

export function ErrorPanel({ title, help, onRetry }: ErrorProps) {
  const { t } = useTexts()
  return (
    <div role="alert">
      <StatePanel icon={<CloudOutlined style={ICON_STYLE} />} title={title} help={help}>
        {onRetry ? (
          <Button type="primary" icon={<ReloadOutlined />} onClick={onRetry}>
            {t('app.retry')}
          </Button>
        ) : null}
      </StatePanel>
    </div>
  )
}
