// A WebSocket that comes back: reconnects with growing pauses and drops a line that has gone silent.

/** First pause before a new try; doubles up to the maximum, so that a restarted box is found quickly. */
export const BACKOFF_FIRST_MS = 250
export const BACKOFF_MAX_MS = 4_000
/** A ping every five seconds, so that a healthy line is never silent for ten. */
export const PING_EVERY_MS = 5_000
/** Silence after which the line counts as half-open: two pings went unanswered. */
export const SILENCE_MAX_MS = 10_000

/** The part of WebSocket that is used here. */
export type Socket = Pick<WebSocket, 'readyState' | 'send' | 'close'> & {
  onopen: (() => void) | null
  onmessage: ((event: { data: string }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export type SocketListener = {
  opened: () => void
  received: (message: unknown) => void
  /** The line is gone; `code` is 0 when the page itself gave it up. Answers whether to try again. */
  lost: (code: number) => boolean
}

const OPEN = 1

/** One line to one address. start() and stop() may be called in any order, any number of times. */
export class KeptSocket {
  private socket: Socket | null = null
  private backoffMs = BACKOFF_FIRST_MS
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined

  constructor(
    private readonly open: () => Socket,
    private readonly listener: SocketListener,
  ) {}

  start(): void {
    if (this.socket) return
    clearTimeout(this.retryTimer)
    const socket = this.open()
    this.socket = socket
    this.awaitWord()
    socket.onopen = () => this.greet()
    socket.onmessage = (event) => this.hear(event.data)
    socket.onclose = (event) => this.lose(event.code)
  }

  stop(): void {
    clearTimeout(this.retryTimer)
    this.letGo()
  }

  /** Send if the line is open; answers whether it was. Keeping the message is the caller's task. */
  send(message: unknown): boolean {
    if (this.socket?.readyState !== OPEN) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  private greet(): void {
    this.awaitWord()
    this.pingTimer = setInterval(() => this.send({ kind: 'ping' }), PING_EVERY_MS)
    this.listener.opened()
  }

  private hear(data: string): void {
    this.backoffMs = BACKOFF_FIRST_MS
    this.awaitWord()
    this.listener.received(JSON.parse(data))
  }

  private awaitWord(): void {
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => this.lose(0), SILENCE_MAX_MS)
  }

  private lose(code: number): void {
    this.letGo()
    if (!this.listener.lost(code)) return
    this.retryTimer = setTimeout(() => this.start(), this.backoffMs)
    this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MAX_MS)
  }

  /** Forget the socket first: a half-open one may report its end minutes later. */
  private letGo(): void {
    clearTimeout(this.silenceTimer)
    clearInterval(this.pingTimer)
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}

/** Open a real one. The browser's types carry more than the page reads. */
export function openWebSocket(url: string): Socket {
  return new WebSocket(url) as unknown as Socket
}
