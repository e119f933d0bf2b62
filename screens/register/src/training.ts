// The ten tasks of a new cashier, and which command shows that one of them was done. Pure.

import type { Command } from 'kit/api-types.ts'

export const TASKS = [
  'scan',
  'set_quantity',
  'remove_line',
  'hold_ticket',
  'recall_ticket',
  'set_discount',
  'pay_cash',
  'pay_card',
  'clear_ticket',
  'exchange',
] as const
export type Task = (typeof TASKS)[number]

const OTHER_WAYS: Record<string, Task> = { add_item: 'scan', discount_ticket: 'set_discount' }

/** The task that a command was; null for what is none. */
export function taskOf(command: Command): Task | null {
  if (command.name === 'pay') {
    return command.arguments.tenders.some(({ kind }) => kind === 'cash') ? 'pay_cash' : 'pay_card'
  }
  return OTHER_WAYS[command.name] ?? TASKS.find((task) => task === command.name) ?? null
}

/** The first that is not done yet; null when all are. */
export function nextTask(done: readonly Task[]): Task | null {
  return TASKS.find((task) => !done.includes(task)) ?? null
}
