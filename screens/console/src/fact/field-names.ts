// Names of the wire as people read them: the unit stands last in the name, the word is in the catalogue.

import type { Texts } from 'kit/preferences.tsx'
import { isTextKey } from 'kit/text/index.ts'

export type Unit = 'fen' | 'milli' | 'bp' | 'at_ms'

const UNITS: Unit[] = ['fen', 'milli', 'bp', 'at_ms']

/** The unit that a name ends with, if it is one that is shown in its own way. */
export function unitOf(name: string): Unit | null {
  return UNITS.find((unit) => name.endsWith(`_${unit}`)) ?? null
}

/** The word for a name; a name that is newer than this page is shown without its unit. */
export function labelOf(t: Texts['t'], name: string): string {
  const key = `field.${name}`
  if (isTextKey(key)) return t(key)
  const unit = unitOf(name)
  const word = unit ? name.slice(0, -unit.length - 1) : name
  return word.replaceAll('_', ' ')
}
