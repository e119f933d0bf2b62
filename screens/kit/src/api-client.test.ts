import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiError, ask, pathWithQuery } from './api-client.ts'

const ANSWERS: Record<string, { status: number; type: string; body: string }> = {
  '/rows': { status: 200, type: 'application/json', body: '{"rows":[1]}' },
  '/gone': { status: 204, type: 'text/plain', body: '' },
  '/refused': {
    status: 409,
    type: 'application/json',
    body: '{"code":"transfer_not_open","detail":"Shipped.","detail_zh":"已发货。","values":{}}',
  },
  '/broken': { status: 500, type: 'text/plain', body: 'Internal Server Error' },
}

let server: Server
let address = ''

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = ANSWERS[request.url ?? '']
    response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'text/plain' })
    response.end(answer?.body)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => server.close())

async function failureOf(url: string): Promise<ApiError> {
  return ask(url).then(
    () => expect.unreachable('the server was expected to refuse'),
    (error: ApiError) => error,
  )
}

test('an answer comes back as it was sent', async () => {
  expect(await ask(`${address}/rows`)).toEqual({ rows: [1] })
})

test('an answer without content is undefined', async () => {
  expect(await ask(`${address}/gone`, { method: 'DELETE' })).toBeUndefined()
})

test('a refusal keeps its code and both sentences', async () => {
  const error = await failureOf(`${address}/refused`)

  expect(error.status).toBe(409)
  expect(error.refusal).toMatchObject({ code: 'transfer_not_open', detail_zh: '已发货。' })
})

test('a failure without a refusal gets one of the page', async () => {
  const error = await failureOf(`${address}/broken`)

  expect(error.refusal.code).toBe('broken')
  expect(error.refusal.detail).toContain('500')
})

test('a server that is not there is told apart from one that refuses', async () => {
  const error = await failureOf('http://127.0.0.1:1/rows')

  expect(error.status).toBe(0)
  expect(error.refusal.code).toBe('unreachable')
})

test('parameters that are empty are left out of the query', () => {
  const path = pathWithQuery('/stock', { query: '可乐', store: '', start: 0, sort: undefined })

  expect(path).toBe('/stock?query=%E5%8F%AF%E4%B9%90&start=0')
})

test('a parameter that the path names goes there, and nowhere else', () => {
  const path = pathWithQuery('/facts/{store}/{seq}', { store: 'S 1/2', seq: 12, limit: 5 })

  expect(path).toBe('/facts/S%201%2F2/12?limit=5')
})
