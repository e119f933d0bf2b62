// The till's side of the line to its box: hello, numbered events in, commands out until answered.

import type {
  BoxMessage,
  Command,
  CommandArguments,
  CommandName,
  CommandResult,
  Hello,
} from 'kit/api-types.ts'
import { newId } from 'kit/ids.ts'
import { KeptSocket, type Socket } from 'kit/socket.ts'
import { refuse } from 'kit/text/index.ts'
import { actOnPage, hearBox, INITIAL_VIEW, type PageAction, type View } from './view.ts'

/** A minute of hasty tapping; who is further ahead of a lost box than that must wait for it. */
export const COMMANDS_WAITING_MAX = 64

/** Their dialog tells refusals itself, beside the amount that has to change. */
const TOLD_BY_DIALOG: CommandName[] = ['pay', 'pay_by_code']

const REFUSED_CODES = [4401, 4403]

/** `page`: what the screen is for; the till unless it says otherwise. */
export type Credentials = {
  register_no: string
  token: string
  page?: 'till' | 'back_room' | 'display' | 'devices'
}

type Waiting = { command: Command; answer: (result: CommandResult) => void }

/** Holds the view of one register and keeps it in step with the box. */
export class RegisterLink {
  private view = INITIAL_VIEW
  private readonly watchers = new Set<() => void>()
  /** In the order in which they were given; the box answers a repeat with the first answer. */
  private readonly waiting = new Map<string, Waiting>()
  private readonly socket: KeptSocket
  private readonly doneWatchers = new Set<(command: Command) => void>()
  /** Works that want the scans for themselves. */
  private takers = 0

  constructor(
    private readonly credentials: Credentials,
    openSocket: () => Socket,
  ) {
    this.socket = new KeptSocket(openSocket, {
      opened: () => this.greet(),
      received: (message) => this.hear(message as BoxMessage),
      lost: (code) => this.lose(code),
    })
  }

  readonly start = (): void => {
    this.act({ kind: 'link', link: 'connecting' })
    this.socket.start()
  }

  readonly stop = (): void => this.socket.stop()

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  readonly read = (): View => this.view

  readonly act = (action: PageAction): void => this.show(actOnPage(this.view, action))

  /**
   * Give the box a command. It is kept until the box answers, and goes out again after each
   * reconnection under the same id. Answers null when too many wait; the notice says so.
   */
  readonly command = async <Name extends CommandName>(
    name: Name,
    commandArguments: CommandArguments[Name],
    approvalId: string | null = null,
  ): Promise<CommandResult | null> => {
    if (this.waiting.size >= COMMANDS_WAITING_MAX) {
      const refusal = refuse('too_many_waiting', 'notice.too_many_waiting')
      this.act({ kind: 'tell', notice: { ...refusal, level: 'error' } })
      return null
    }
    const command = {
      kind: 'command',
      command_id: newId(),
      name,
      approval_id: approvalId,
      arguments: commandArguments,
    } as Command
    const result = new Promise<CommandResult>((answer) => {
      this.waiting.set(command.command_id, { command, answer })
    })
    this.socket.send(command)
    this.act({ kind: 'waiting', count: this.waiting.size })
    return result
  }

  /** Calls back with each command that the box did. */
  readonly watchDone = (watcher: (command: Command) => void): (() => void) => {
    this.doneWatchers.add(watcher)
    return () => this.doneWatchers.delete(watcher)
  }

  /** Have codes that devices read given to this page, instead of sold; until it is called off. */
  readonly takeScans = (isOn: boolean): void => {
    this.takers += isOn ? 1 : -1
    this.socket.send({ kind: 'take_scans', is_on: this.takers > 0 })
  }

  /** How many the next scan of a device is. */
  readonly countNext = (quantity_milli: number): void => {
    this.socket.send({ kind: 'next_quantity', quantity_milli })
  }

  /** The quantity a line will have once the commands on the way are answered. */
  readonly quantityOnTheWay = (lineId: number, shownMilli: number): number => {
    let quantityMilli = shownMilli
    for (const { command } of this.waiting.values()) {
      if (command.name === 'set_quantity' && command.arguments.line_id === lineId) {
        quantityMilli = command.arguments.quantity_milli
      }
    }
    return quantityMilli
  }

  private greet(): void {
    this.act({ kind: 'link', link: 'open' })
    this.sayHello()
    if (this.takers > 0) this.socket.send({ kind: 'take_scans', is_on: true })
    for (const { command } of this.waiting.values()) this.socket.send(command)
  }

  private sayHello(): void {
    const { generation, sequence } = this.view
    const { register_no, token } = this.credentials
    const hello: Hello = { kind: 'hello', register_no, token, generation, sequence }
    this.socket.send(hello)
  }

  private hear(message: BoxMessage): void {
    if (message.kind === 'result') return this.settle(message)
    const wasInStep = this.view.sequence !== null
    this.show(hearBox(this.view, message))
    if (wasInStep && this.view.sequence === null) this.sayHello()
  }

  private settle(result: CommandResult): void {
    const waiting = this.waiting.get(result.command_id)
    if (!waiting) return
    this.waiting.delete(result.command_id)
    this.act({ kind: 'waiting', count: this.waiting.size })
    // What somebody else can allow is asked in a dialog, too.
    const isTold = TOLD_BY_DIALOG.includes(waiting.command.name) || result.refusal?.approval
    if (result.refusal && !isTold) {
      this.act({ kind: 'tell', notice: { ...result.refusal, level: 'error' } })
    }
    waiting.answer(result)
    if (result.outcome === 'done') {
      for (const watcher of this.doneWatchers) watcher(waiting.command)
    }
  }

  private lose(code: number): boolean {
    if (this.view.link === 'refused') return false
    if (REFUSED_CODES.includes(code)) {
      const refusal = refuse('register_refused', 'binding.refused')
      this.show(hearBox(this.view, { kind: 'refused', ...refusal }))
      return false
    }
    this.act({ kind: 'link', link: 'lost' })
    return true
  }

  private show(view: View): void {
    if (view === this.view) return
    this.view = view
    for (const watcher of this.watchers) watcher()
  }
}
