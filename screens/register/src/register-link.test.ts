import { SimulatedSockets } from 'kit/socket-sim.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { COMMANDS_WAITING_MAX, RegisterLink } from './register-link.ts'
import { snapshot, STATUS } from './view-fixture.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const CREDENTIALS = { register_no: '2', token: 'secret' }

function openTill() {
  const sockets = new SimulatedSockets()
  const link = new RegisterLink(CREDENTIALS, sockets.open)
  link.start()
  sockets.last().accept()
  sockets.last().say(snapshot(7))
  return { sockets, link }
}

function reconnect(sockets: SimulatedSockets) {
  sockets.last().hangUp()
  vi.advanceTimersByTime(250)
  sockets.last().accept()
}

const resultOf = (command: Record<string, unknown> | undefined, refusal: object | null = null) => ({
  kind: 'result',
  command_id: command?.command_id,
  outcome: refusal ? 'refused' : 'done',
  refusal,
  receipt: null,
})

test('the first hello knows no place and gets a snapshot', () => {
  const { sockets, link } = openTill()

  expect(sockets.last().sent).toEqual([
    { kind: 'hello', ...CREDENTIALS, generation: null, sequence: null },
  ])
  expect(link.read().state?.store).toBe('S018')
})

test('the hello after a reconnection names the last event heard', () => {
  const { sockets } = openTill()
  sockets.last().say({ kind: 'status_changed', generation: 'g1', sequence: 8, status: STATUS })

  reconnect(sockets)

  expect(sockets.last().sent).toEqual([
    { kind: 'hello', ...CREDENTIALS, generation: 'g1', sequence: 8 },
  ])
})

test('a gap asks for one snapshot on the same line', () => {
  const { sockets, link } = openTill()

  sockets.last().say({ kind: 'status_changed', generation: 'g1', sequence: 9, status: STATUS })
  sockets.last().say({ kind: 'status_changed', generation: 'g1', sequence: 10, status: STATUS })

  expect(sockets.opened.length).toBe(1)
  expect(sockets.last().sent.slice(1)).toEqual([
    { kind: 'hello', ...CREDENTIALS, generation: null, sequence: null },
  ])
  sockets.last().say(snapshot(10))
  expect(link.read().sequence).toBe(10)
})

test('a command without an answer goes out again under the same id', async () => {
  const { sockets, link } = openTill()
  const result = link.command('scan', { code: '9520000000017' })
  const first = sockets.last().sent.at(-1)

  reconnect(sockets)

  expect(sockets.last().sent.at(-1)).toEqual(first)
  expect(link.read().waiting_commands).toBe(1)
  sockets.last().say(resultOf(first))
  expect((await result)?.outcome).toBe('done')
  expect(link.read().waiting_commands).toBe(0)
})

test('an answered command does not go out again', () => {
  const { sockets, link } = openTill()
  void link.command('scan', { code: '1' })
  sockets.last().say(resultOf(sockets.last().sent.at(-1)))

  reconnect(sockets)

  expect(sockets.last().sent.map((message) => message.kind)).toEqual(['hello'])
})

test('commands given without a line go out in their order after the hello', () => {
  const { sockets, link } = openTill()
  sockets.last().hangUp()
  void link.command('scan', { code: '1' })
  void link.command('scan', { code: '2' })
  expect(link.read().link).toBe('lost')

  vi.advanceTimersByTime(250)
  sockets.last().accept()

  expect(sockets.last().sent.map((message) => message.arguments)).toEqual([
    undefined,
    { code: '1' },
    { code: '2' },
  ])
})

test('a refused command is told, a refused payment is left to its dialog', () => {
  const { sockets, link } = openTill()
  const refusal = { code: 'tender_too_small', detail: 'Too small.', detail_zh: '金额不足。' }

  void link.command('pay', { tenders: [] })
  sockets.last().say(resultOf(sockets.last().sent.at(-1), refusal))
  expect(link.read().notice).toBeNull()
  void link.command('scan', { code: '1' })
  sockets.last().say(resultOf(sockets.last().sent.at(-1), refusal))

  expect(link.read().notice?.code).toBe('tender_too_small')
})

test('a second tap builds on the quantity that is still on its way', () => {
  const { link } = openTill()

  void link.command('set_quantity', { line_id: 1, quantity_milli: 2_000 })

  expect(link.quantityOnTheWay(1, 1_000)).toBe(2_000)
  expect(link.quantityOnTheWay(2, 1_000)).toBe(1_000)
})

test('more commands than the limit are refused with a notice', async () => {
  const { sockets, link } = openTill()
  sockets.last().hangUp()
  for (let given = 0; given < COMMANDS_WAITING_MAX; given += 1) {
    void link.command('scan', { code: String(given) })
  }

  expect(await link.command('scan', { code: 'one more' })).toBeNull()

  expect(link.read().waiting_commands).toBe(COMMANDS_WAITING_MAX)
  expect(link.read().notice?.code).toBe('too_many_waiting')
})

test('a register that the box refuses does not knock again', () => {
  const { sockets, link } = openTill()

  sockets.last().say({ kind: 'refused', code: 'unknown_token', detail: 'No.', detail_zh: '不。' })
  sockets.last().hangUp(4401)
  vi.advanceTimersByTime(60_000)

  expect(link.read().link).toBe('refused')
  expect(link.read().refusal?.code).toBe('unknown_token')
  expect(sockets.opened.length).toBe(1)
})
