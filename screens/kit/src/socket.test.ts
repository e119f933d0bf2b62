import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KeptSocket, PING_EVERY_MS, SILENCE_MAX_MS } from './socket.ts'
import { SimulatedSockets } from './socket-sim.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function line(retry = true) {
  const sockets = new SimulatedSockets()
  const heard: unknown[] = []
  const kept = new KeptSocket(sockets.open, {
    opened: () => heard.push('opened'),
    received: (message) => heard.push(message),
    lost: (code) => {
      heard.push(['lost', code])
      return retry
    },
  })
  kept.start()
  return { sockets, heard, kept }
}

test('pauses double from 250 ms to 4 s while nobody answers', () => {
  const { sockets } = line()
  const pauses = [250, 500, 1000, 2000, 4000, 4000]

  for (const [tries, pause] of pauses.entries()) {
    sockets.last().hangUp()
    vi.advanceTimersByTime(pause - 1)
    expect(sockets.opened.length).toBe(tries + 1)
    vi.advanceTimersByTime(1)
    expect(sockets.opened.length).toBe(tries + 2)
  }
})

test('the pause starts again at 250 ms once the server has spoken', () => {
  const { sockets } = line()
  sockets.last().hangUp()
  vi.advanceTimersByTime(250)
  sockets.last().accept()
  sockets.last().say({ kind: 'pong' })

  sockets.last().hangUp()
  vi.advanceTimersByTime(250)

  expect(sockets.opened.length).toBe(3)
})

test('a ping goes out every five seconds', () => {
  const { sockets } = line()
  sockets.last().accept()

  vi.advanceTimersByTime(PING_EVERY_MS)

  expect(sockets.last().sent).toEqual([{ kind: 'ping' }])
})

test('a half-open line is dropped after ten silent seconds', () => {
  const { sockets, heard } = line()
  sockets.last().accept()

  vi.advanceTimersByTime(SILENCE_MAX_MS)

  expect(heard).toEqual(['opened', ['lost', 0]])
  expect(sockets.opened[0]?.readyState).toBe(3)
})

test('a line that answers its pings stays', () => {
  const { sockets } = line()
  sockets.last().accept()

  for (let pings = 0; pings < 10; pings += 1) {
    vi.advanceTimersByTime(PING_EVERY_MS)
    sockets.last().say({ kind: 'pong' })
  }

  expect(sockets.opened.length).toBe(1)
})

test('a connection that never opens is given up and tried again', () => {
  const { sockets } = line()

  vi.advanceTimersByTime(SILENCE_MAX_MS + 250)

  expect(sockets.opened.length).toBe(2)
})

test('a refused line is not tried again', () => {
  const { sockets } = line(false)

  sockets.last().hangUp(4401)
  vi.advanceTimersByTime(60_000)

  expect(sockets.opened.length).toBe(1)
})

test('sending on a line that is not open says so and loses nothing', () => {
  const { sockets, kept } = line()

  expect(kept.send({ kind: 'ping' })).toBe(false)
  sockets.last().accept()

  expect(kept.send({ kind: 'ping' })).toBe(true)
})

test('a stopped line stays stopped', () => {
  const { sockets, kept } = line()
  sockets.last().hangUp()

  kept.stop()
  vi.advanceTimersByTime(60_000)

  expect(sockets.opened.length).toBe(1)
})
