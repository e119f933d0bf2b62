// Asks the store's box over HTTP in the name of this register.

import { ask, type ApiRequest } from 'kit/api-client.ts'
import { loadCredentials } from './credentials.ts'

/** The register's own path under the box's API. */
export function registerPath(rest: string): string {
  return `registers/${encodeURIComponent(loadCredentials()?.register_no ?? '')}/${rest}`
}

/**
 * Ask once.
 *
 * @throws ApiError
 */
export function askStore<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  const token = loadCredentials()?.token ?? ''
  const headers = { authorization: `Bearer ${token}`, ...request.headers }
  return ask<Answer>(new URL(`../api/${path}`, location.href).href, { ...request, headers })
}
