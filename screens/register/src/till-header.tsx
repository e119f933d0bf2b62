// The bar on top: which till this is, and whether the box and headquarters hear it.

import { LogoutOutlined, ShopOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { tellAge, useNow } from 'kit/ages.tsx'
import type { RegisterState, Status } from 'kit/api-types.ts'
import { PreferenceSwitches } from 'kit/preference-switches.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { memo, useState } from 'react'
import { DevicesDialog } from './devices/devices-dialog.tsx'
import { Pill } from './pill.tsx'
import { signOut } from './sign-in.ts'
import type { LinkState } from './view.ts'

/** Waiting is normal while the line is down: amber. A line that stopped does not mend itself: red. */
function HeadquartersPill({ status }: { status: Status }) {
  const { t } = useTexts()
  const now = useNow()
  const { unacknowledged_facts: count, oldest_unacknowledged_at: oldest, line } = status
  const isOnline = line === 'online'
  if (status.line_stopped_reason) {
    const reason = status.line_stopped_reason
    return <Pill tone="down">{t('register.hq_stopped', { reason })}</Pill>
  }
  if (isOnline && count === 0) return <Pill tone="ok">{t('register.hq_clear')}</Pill>
  const parts = [t(isOnline ? 'register.hq_online' : 'register.hq_offline')]
  if (count > 0) parts.push(t('register.hq_waiting', { count }))
  if (oldest) parts.push(t('register.hq_oldest', { age: tellAge(t, oldest, now) }))
  return <Pill tone={isOnline ? 'ok' : 'warning'}>{parts.join(' · ')}</Pill>
}

/** All is well in one word; else each device of this register that is not, and what it needs. */
function DevicePills({ state }: { state: RegisterState }) {
  const { t } = useTexts()
  const own = state.status.devices.filter((device) => device.register_no === state.register_no)
  if (own.length === 0) return <Pill tone="quiet">{t('store.devices')}</Pill>
  const down = own.filter((device) => device.state !== 'ready')
  const count = own.length
  if (down.length === 0)
    return <Pill tone="ok">{t('register.devices', { ready: count, count })}</Pill>
  return down.map((device) => (
    <Pill key={device.device_id} tone={device.state === 'degraded' ? 'warning' : 'down'}>
      <span title={device.text}>
        {device.device_id}: {device.health_code || t(`device.${device.state}`)}
      </span>
    </Pill>
  ))
}

/** Opens the list of all devices of the store. */
function DevicesButton({ state }: { state: RegisterState }) {
  const { t } = useTexts()
  const [isOpen, setOpen] = useState(false)
  const { devices } = state.status
  if (devices.length === 0) return null
  return (
    <>
      <button
        type="button"
        className="devices-button"
        title={t('store.devices')}
        onClick={() => setOpen(true)}
      >
        <DevicePills state={state} />
      </button>
      {isOpen ? <DevicesDialog devices={devices} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

type TillHeaderProps = { state: RegisterState; link: LinkState }

export const TillHeader = memo(function TillHeader({ state, link }: TillHeaderProps) {
  const { t, nameOf } = useTexts()
  const storeName = nameOf({ name: state.store_name, name_en: state.store_name_en })
  return (
    <header className="till-header">
      <ShopOutlined className="till-logo" />
      <b className="till-name">
        {storeName} · {t('register.no', { register_no: state.register_no })}
      </b>
      {state.is_training ? <Pill tone="warning">{t('training.title')}</Pill> : null}
      <Pill tone="quiet">{t('register.staff', { staff_no: state.staff_no })}</Pill>
      <Pill tone="quiet">{t('register.business_date', { date: state.business_date })}</Pill>
      <span className="spring" />
      <div className="till-status" role="status">
        {link === 'open' ? (
          <Pill tone="ok">{t('register.box_online')}</Pill>
        ) : (
          <Pill tone="down">{t('register.box_lost')}</Pill>
        )}
        <HeadquartersPill status={state.status} />
        <DevicesButton state={state} />
      </div>
      <PreferenceSwitches />
      {state.is_staffed ? (
        <Button
          type="text"
          icon={<LogoutOutlined />}
          aria-label={t('register.sign_out')}
          title={t('register.sign_out')}
          onClick={() => void signOut()}
        />
      ) : null}
    </header>
  )
})
