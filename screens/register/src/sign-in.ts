// Takes and leaves the register: the session is a cookie, which the box sets and scripts never see.

import type { WantedApproval } from 'kit/api-types.ts'
import { askStore, registerPath } from './store-api.ts'

/** A card's code is longer than any staff number. */
const CARD_LENGTH_MIN = 20

export type Proof = { staff_no: string; pin: string } | { card_code: string }

/** What was typed or read into the first field is a card when it is as long as one. */
export function proofOf(numberOrCard: string, pin: string): Proof {
  const text = numberOrCard.trim()
  return text.length >= CARD_LENGTH_MIN ? { card_code: text } : { staff_no: text, pin }
}

/** The proof in a form's fields; null while only the number is there, so that the PIN is next. */
export function readProof(form: HTMLFormElement): Proof | null {
  const fields = new FormData(form)
  const proof = proofOf(String(fields.get('number')), String(fields.get('pin')))
  return 'pin' in proof && proof.pin === '' ? null : proof
}

/** The box then cuts the socket; the page comes back with the session. */
export async function signIn(proof: Proof): Promise<void> {
  await askStore(registerPath('sign-in'), { method: 'POST', body: proof })
}

export async function signOut(): Promise<void> {
  await askStore(registerPath('sign-in'), { method: 'DELETE' })
}

/**
 * Let somebody with the right allow one thing, once.
 *
 * @throws ApiError when they may not, or are not who they say.
 */
export async function requestApproval(wanted: WantedApproval, proof: Proof): Promise<string> {
  const body = { proof, right: wanted.right, amounts: wanted.amounts }
  const path = registerPath('approvals')
  const granted = await askStore<{ approval_id: string }>(path, { method: 'POST', body })
  return granted.approval_id
}
