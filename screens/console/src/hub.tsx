// The hub as the pages see it: typed reads, writes that may be repeated, and who is signed in.

import { ApiError, ask, pathWithQuery, type Query } from 'kit/api-client.ts'
import type { HubReads, Session } from 'kit/api-types.ts'
import { usePolled, type Polled } from 'kit/use-poll.ts'
import { createContext, useContext } from 'react'

export type HubPath = keyof HubReads

/** Works under any path the console is served at. */
export function hubUrl(path: string, query: Query = {}): string {
  return new URL(pathWithQuery(`api/v1${path}`, query), document.baseURI).href
}

export async function signIn(userName: string, password: string): Promise<Session> {
  const body = { user_name: userName, password }
  return ask<Session>(hubUrl('/session'), { method: 'POST', body })
}

export async function changePassword(oldPassword: string, newPassword: string): Promise<Session> {
  const body = { old_password: oldPassword, new_password: newPassword }
  return ask<Session>(hubUrl('/session/password'), { method: 'POST', body })
}

export async function signOut(): Promise<void> {
  await ask<void>(hubUrl('/session'), { method: 'DELETE' })
}

/** Null when nobody is signed in. */
export async function readSession(): Promise<Session | null> {
  try {
    return await ask<Session>(hubUrl('/session'))
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

export type SignedIn = {
  session: Session
  /** Back to the sign-in page: by choice, or because the hub no longer knows the session. */
  leave: () => void
}

export const SignedInContext = createContext<SignedIn | null>(null)

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext)
  if (!signedIn) throw new Error('useSignedIn before signing in')
  return signedIn
}

/** What a signed-in user may ask; a session that ended while working leads back to the sign-in page. */
export function useHub() {
  const { leave } = useSignedIn()
  const guard = async <Answer,>(asked: Promise<Answer>): Promise<Answer> => {
    try {
      return await asked
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) leave()
      throw error
    }
  }
  return {
    read: <Path extends HubPath>(path: Path, query: Query, signal?: AbortSignal) =>
      guard(ask<HubReads[Path]>(hubUrl(path, query), { signal })),
    /** A repeat under the same key changes nothing and gets the first answer. */
    write: <Answer,>(path: string, idempotencyKey: string, body: unknown = {}) => {
      const headers = { 'Idempotency-Key': idempotencyKey }
      return guard(ask<Answer>(hubUrl(path), { method: 'POST', body, headers }))
    },
  }
}

/** Keep reading one path while the page is open and visible. */
export function useHubRead<Path extends HubPath>(
  path: Path,
  query: Query = {},
  everyMs?: number,
): Polled<HubReads[Path]> {
  const hub = useHub()
  return usePolled(pathWithQuery(path, query), (signal) => hub.read(path, query, signal), everyMs)
}
