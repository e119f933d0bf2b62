import type { Command } from 'kit/api-types.ts'
import { expect, test } from 'vitest'
import { nextTask, taskOf, TASKS } from './training.ts'

function command(name: string, commandArguments: object = {}): Command {
  const id = '0198c0de-0000-7000-8000-00000000a1b2'
  const envelope = { kind: 'command', command_id: id, approval_id: null }
  return { ...envelope, name, arguments: commandArguments } as Command
}

test.each([
  [command('scan'), 'scan'],
  [command('add_item'), 'scan'],
  [command('discount_ticket'), 'set_discount'],
  [command('hold_ticket'), 'hold_ticket'],
  [command('pay', { tenders: [{ kind: 'cash', amount_fen: 1 }] }), 'pay_cash'],
  [command('pay', { tenders: [{ kind: 'card', amount_fen: 1 }] }), 'pay_card'],
  [command('take_back_payment'), null],
])('%o is a task', (done, task) => {
  expect(taskOf(done)).toBe(task)
})

test('tasks come in their order, whatever was done before', () => {
  expect(nextTask([])).toBe('scan')
  expect(nextTask(['set_quantity', 'scan'])).toBe('remove_line')
  expect(nextTask(TASKS)).toBeNull()
})
