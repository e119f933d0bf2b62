// What the pages of the books share.

import { formatFen } from 'kit/format.ts'

/** A side without movement stays blank, as on paper. */
export function sideText(fen: number): string {
  return fen === 0 ? '' : formatFen(fen)
}
