// The codes of a transfer slip as they come in: each says of which slip it is, and how many there are.

/** As the box writes them: whole slip, number, count, text. */
const PART = /^LST1\.([0-9a-f]{16})\.(\d{1,2})\.(\d{1,2})\.[\w-]+$/

export type SlipParts = { slip: string; count: number; texts: string[] }

/** The parts with one more; another slip begins anew. Null when the text is no part of any. */
export function addPart(before: SlipParts | null, scanned: string): SlipParts | null {
  const text = scanned.trim()
  const found = PART.exec(text)
  if (!found?.[1] || !found[3]) return null
  const [, slip, , count] = found
  const same = before?.slip === slip ? before.texts : []
  const texts = same.includes(text) ? same : [...same, text]
  return { slip, count: Number(count), texts }
}
