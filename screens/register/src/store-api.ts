// Asks the store's box over HTTP in the name of this register.

import { ask, askPicture, type ApiRequest } from 'kit/api-client.ts'
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
  return ask<Answer>(urlOf(path), signed(request))
}

/** A picture that a POST draws, as a data URL; throws as `askStore`. */
export function fetchPicture(path: string, body: unknown): Promise<string> {
  return askPicture(urlOf(path), signed({ method: 'POST', body }))
}

function urlOf(path: string): string {
  return new URL(`../api/${path}`, location.href).href
}

function signed(request: ApiRequest): ApiRequest {
  const token = loadCredentials()?.token ?? ''
  return { ...request, headers: { authorization: `Bearer ${token}`, ...request.headers } }
}
