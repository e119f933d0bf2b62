// Reads again and again while somebody looks, and keeps the last answer when a read fails.

import { useCallback, useEffect, useEffectEvent, useState } from 'react'
import { ApiError } from './api-client.ts'
import type { Refusal } from './api-types.ts'

/** Figures are as old as this at most, beside their own age. */
export const POLL_EVERY_MS = 5_000

export type Polled<Answer> = {
  /** The last one that came; of another query while `isLoading`. */
  answer: Answer | null
  /** Why the last read failed; the answer before it stays. */
  problem: Refusal | null
  isLoading: boolean
  reload: () => void
}

type Kept<Answer> = { query: string; answer: Answer | null; problem: Refusal | null }

/** One read after the other, never two at once; a hidden page waits until it is seen again. */
class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly controller = new AbortController()
  private isReading = false

  constructor(
    private readonly read: (signal: AbortSignal) => Promise<void>,
    private readonly everyMs: number,
  ) {}

  readonly now = async (): Promise<void> => {
    if (this.isReading || document.hidden) return
    clearTimeout(this.timer)
    this.isReading = true
    await this.read(this.controller.signal)
    this.isReading = false
    if (!this.controller.signal.aborted) this.timer = setTimeout(this.now, this.everyMs)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.controller.abort()
  }
}

/** @param query names what is read: when it changes, the page reads at once and drops what is on its way. */
export function usePolled<Answer>(
  query: string,
  read: (signal: AbortSignal) => Promise<Answer>,
  everyMs = POLL_EVERY_MS,
): Polled<Answer> {
  const [kept, setKept] = useState<Kept<Answer>>({ query: '', answer: null, problem: null })
  const [reloads, setReloads] = useState(0)
  const readNow = useEffectEvent(read)
  useEffect(() => {
    const poll = new Poll(async (signal) => {
      try {
        const answer = await readNow(signal)
        if (!signal.aborted) setKept({ query, answer, problem: null })
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof ApiError)) throw error
        setKept((before) => ({ query, answer: before.answer, problem: error.refusal }))
      }
    }, everyMs)
    void poll.now()
    const wake = () => void poll.now()
    document.addEventListener('visibilitychange', wake)
    return () => {
      document.removeEventListener('visibilitychange', wake)
      poll.stop()
    }
  }, [query, reloads, everyMs])
  const reload = useCallback(() => setReloads((before) => before + 1), [])
  const { answer, problem } = kept
  return { answer, problem, isLoading: kept.query !== query, reload }
}
