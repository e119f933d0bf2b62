// What the box says to IT about devices, printing and templates.

import type { Device, Names } from './api-types.ts'

/** Something that hangs on a machine of the store, set up or not. */
export type PluggedDevice = {
  host: string
  /** Its name for the settings. */
  address: string
  /** What it calls itself. */
  name: string
  /** The likeliest first. */
  likely_drivers: string[]
  /** The device that is set up at it; empty: none is. */
  device_id: string
}

/** What a device read. */
export type ScanNote = {
  read_at: string
  device_id: string
  register_no: string
  text: string
  symbology: string
  /** Empty: it did what it should. */
  refusal_code: string
}

export type DevicesView = { devices: Device[]; plugged: PluggedDevice[]; scans: ScanNote[] }

export type PrintKind = 'receipt' | 'label' | 'drawer' | 'display' | 'scale'
export type PrintState =
  | 'waiting'
  | 'queued'
  | 'checking'
  | 'sending'
  | 'sent'
  | 'confirmed'
  | 'unknown'
  | 'failed'
  | 'expired'
  | 'cancelled'

export type PrintJob = {
  job_id: string
  device_id: string
  kind: PrintKind
  state: PrintState
  parts_done: number
  /** English, for IT. */
  reason: string
  /** The ticket or reprint whose receipt it is. */
  fact_id: string | null
  made_at: string
}

export type LabelTemplate = Names & {
  template_id: string
  purpose: string
  width_um: number
  height_um: number
}
