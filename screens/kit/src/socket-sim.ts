// A socket whose other end is the test: it says what the page sent and speaks as the server would.

import type { Socket } from './socket.ts'

export class SimulatedSocket implements Socket {
  readyState = 0
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly sent: { kind: string; [field: string]: unknown }[] = []

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    this.sent.push(JSON.parse(String(data)))
  }

  close(): void {
    this.readyState = 3
  }

  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }

  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  hangUp(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

/** Every socket that was opened, in order; `last()` is the one in use. */
export class SimulatedSockets {
  readonly opened: SimulatedSocket[] = []

  readonly open = (): SimulatedSocket => {
    const socket = new SimulatedSocket()
    this.opened.push(socket)
    return socket
  }

  last(): SimulatedSocket {
    const socket = this.opened.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }
}
