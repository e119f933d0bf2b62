// The page for IT: devices and what hangs on the machines, what was read, what was printed, templates.

import { Tabs } from 'antd'
import type { DevicesView, RegisterState } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect } from 'react'
import { RefusalLine, useAsked } from '../back-room/parts.tsx'
import '../back-room/back-room.css'
import { TillHeader } from '../till-header.tsx'
import type { View } from '../view.ts'
import { DeviceTable } from './device-table.tsx'
import './devices-page.css'
import { PluggedList } from './plugged-list.tsx'
import { PrintWork } from './print-work.tsx'
import { ScanTable } from './scan-table.tsx'
import { TemplateWork } from './template-work.tsx'

/** A plug that was pulled is seen about as soon as somebody looks up from it. */
const RELOAD_MS = 2_000

/** Devices, what is plugged in and what was read, asked again while the page is open. */
function useDevices() {
  const asked = useAsked<DevicesView>('devices')
  const { reload } = asked
  useEffect(() => {
    const timer = setInterval(() => void reload(), RELOAD_MS)
    return () => clearInterval(timer)
  }, [reload])
  return asked
}

type DevicesPageProps = { state: RegisterState; view: View }

export function DevicesPage({ state, view }: DevicesPageProps) {
  const { t } = useTexts()
  const { answer, refusal } = useDevices()
  const shown = answer ?? { devices: state.status.devices, plugged: [], scans: [] }
  const tabs = [
    { key: 'devices', children: <DeviceTable devices={shown.devices} /> },
    { key: 'plugged', children: <PluggedList plugged={shown.plugged} /> },
    { key: 'scans', children: <ScanTable scans={shown.scans} /> },
    { key: 'prints', children: <PrintWork /> },
    { key: 'templates', children: <TemplateWork itemId={state.quick_keys[0]?.item_id ?? null} /> },
  ] as const
  return (
    <div className="back-room-page">
      <TillHeader state={state} link={view.link} />
      <main className="panel">
        <RefusalLine refusal={refusal} />
        <Tabs items={tabs.map((tab) => ({ ...tab, label: t(`devices.tab.${tab.key}`) }))} />
      </main>
    </div>
  )
}
