// What hangs on the store's machines: what is set up, and for the rest the lines that set it up.

import type { PluggedDevice } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'

/** Lines for the settings of the machine; the name is IT's to choose. */
export function settingsOf(device: PluggedDevice, kind: string): string {
  const lines = [
    '[[devices]]',
    `device_id = ${JSON.stringify(`${kind.replaceAll('_', '-')}-1`)}`,
    `kind = ${JSON.stringify(kind)}`,
    `address = ${JSON.stringify(device.address)}`,
  ]
  return lines.join('\n')
}

function SetUp({ device }: { device: PluggedDevice }) {
  const { t } = useTexts()
  if (device.device_id !== '') return <p>{t('plugged.is', { device_id: device.device_id })}</p>
  const [kind] = device.likely_drivers
  if (kind === undefined) return <p>{t('plugged.no_driver')}</p>
  return (
    <>
      <p>{t('plugged.likely', { drivers: device.likely_drivers.join(', ') })}</p>
      <pre>{settingsOf(device, kind)}</pre>
    </>
  )
}

export function PluggedList({ plugged }: { plugged: PluggedDevice[] }) {
  const { t } = useTexts()
  if (plugged.length === 0) return <p className="quiet">{t('plugged.nothing')}</p>
  return (
    <div className="plugged-list" role="list" aria-label={t('devices.tab.plugged')}>
      {plugged.map((device) => (
        <section key={`${device.host} ${device.address}`} role="listitem">
          <b>{device.address}</b>
          <small>
            {device.host} · {device.name || '—'}
          </small>
          <SetUp device={device} />
        </section>
      ))}
    </div>
  )
}
