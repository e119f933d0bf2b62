// Asks a server and answers with typed values, or throws the server's refusal.

import type { Refusal } from './api-types.ts'
import { refuse } from './text/index.ts'

/** An answer that takes longer than this is a server that is not there. */
const ANSWER_MAX_MS = 15_000

/** What the server refused, or why it could not be asked. `status` is 0 when no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
  ) {
    super(refusal.detail)
  }
}

export type Query = Record<string, string | number | undefined>

/**
 * Path and query; parameters that are undefined or empty are left out. A parameter whose {name} stands
 * in the path goes there.
 */
export function pathWithQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  let filled = path
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    if (path.includes(`{${name}}`)) {
      filled = filled.replace(`{${name}}`, encodeURIComponent(value))
    } else {
      parameters.set(name, String(value))
    }
  }
  const text = parameters.toString()
  return text ? `${filled}?${text}` : filled
}

function isRefusal(body: unknown): body is Refusal {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail_zh' in body
}

type Answered = { status: number; isOk: boolean; isJson: boolean; text: string }

function refusalOf(answered: Answered): Refusal {
  const body: unknown = answered.isJson ? JSON.parse(answered.text) : null
  if (isRefusal(body)) return body
  return refuse('broken', 'problem.broken', { status: answered.status })
}

const readText = (response: Response): Promise<string> => response.text()

/** A picture as a URL that holds it: the pages load nothing but from their own server. */
async function readPicture(response: Response): Promise<string> {
  const blob = await response.blob()
  return new Promise((resolve) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.readAsDataURL(blob)
  })
}

export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** JSON, but for a Blob, which is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Read the whole answer: a line can break in the middle of one as well as before it. */
async function fetchAnswer(url: string, request: ApiRequest, read = readText): Promise<Answered> {
  const { body, headers, method = 'GET', signal } = request
  const isJsonBody = body !== undefined && !(body instanceof Blob)
  const limit = AbortSignal.timeout(ANSWER_MAX_MS)
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(isJsonBody ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: isJsonBody ? JSON.stringify(body) : (body as Blob | undefined),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    const { status, ok: isOk } = response
    return { status, isOk, isJson, text: await (isOk ? read : readText)(response) }
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, refuse('unreachable', 'problem.unreachable'))
  }
}

/**
 * Ask once; nothing is tried again here.
 *
 * @throws ApiError when the server refuses, fails or cannot be reached; an AbortError when `signal`
 * was aborted.
 */
export async function ask<Answer>(url: string, request: ApiRequest = {}): Promise<Answer> {
  const answered = await fetchAnswer(url, request)
  if (!answered.isOk) throw new ApiError(answered.status, refusalOf(answered))
  return (answered.text === '' ? undefined : JSON.parse(answered.text)) as Answer
}

/** As `ask`, of a picture; answers a data URL. */
export async function askPicture(url: string, request: ApiRequest = {}): Promise<string> {
  const answered = await fetchAnswer(url, request, readPicture)
  if (!answered.isOk) throw new ApiError(answered.status, refusalOf(answered))
  return answered.text
}
