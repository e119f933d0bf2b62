// Takes and leaves the register: the session is a cookie, which the box sets and scripts never see.

import { ask } from 'kit/api-client.ts'

import { loadCredentials } from './credentials.ts'

/** A card's code is longer than any staff number. */
const CARD_LENGTH_MIN = 20

export type Proof = { staff_no: string; pin: string } | { card_code: string }

/** What was typed or read into the first field is a card when it is as long as one. */
export function proofOf(numberOrCard: string, pin: string): Proof {
  const text = numberOrCard.trim()
  return text.length >= CARD_LENGTH_MIN ? { card_code: text } : { staff_no: text, pin }
}

function askBox(method: 'POST' | 'DELETE', body?: Proof): Promise<unknown> {
  const { register_no = '', token = '' } = loadCredentials() ?? {}
  const path = `../api/registers/${encodeURIComponent(register_no)}/sign-in`
  const headers = { authorization: `Bearer ${token}` }
  return ask(new URL(path, location.href).href, { method, body, headers })
}

/** The box then cuts the socket; the page comes back with the session. */
export async function signIn(proof: Proof): Promise<void> {
  await askBox('POST', proof)
}

export async function signOut(): Promise<void> {
  await askBox('DELETE')
}
