// What the register's scanners read goes to the work that is open, and sells nothing meanwhile.

import { createContext, useContext, useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { RegisterLink } from '../register-link.ts'

export const ScanSource = createContext<RegisterLink | null>(null)

/** Takes every scan while the component is there. */
export function useScans(hear: (code: string, symbology: string) => void): void {
  const link = useContext(ScanSource)
  if (!link) throw new Error('no ScanSource around')
  useEffect(() => {
    link.takeScans(true)
    return () => link.takeScans(false)
  }, [link])
  const scanned = useSyncExternalStore(link.watch, () => link.read().scanned_code)
  const tell = useEffectEvent(hear)
  useEffect(() => {
    if (!scanned) return
    link.act({ kind: 'take_code' })
    tell(scanned.code, scanned.symbology)
  }, [link, scanned])
}
