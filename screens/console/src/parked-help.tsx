// Why a fact is not posted, and what would mend it, in words.

import { useTexts } from 'kit/preferences.tsx'
import { textOfCode } from './fact-parts.tsx'

type ParkedHelpProps = { reasonCode: string; detail: string }

/** A reason that is newer than this page has no advice; its detail says what the hub noted. */
export function ParkedHelp({ reasonCode, detail }: ParkedHelpProps) {
  const { t } = useTexts()
  const advice = textOfCode(t, 'parked_help', reasonCode)
  return (
    <span className="parked-help">
      {advice === reasonCode ? null : <span>{advice} </span>}
      <code>{detail}</code>
    </span>
  )
}
