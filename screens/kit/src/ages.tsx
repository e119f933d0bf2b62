// How old a figure is, told anew every second without touching anything around it.

import { useSyncExternalStore } from 'react'
import { ageSeconds, formatInstant, splitAge } from './format.ts'
import { useTexts, type Texts } from './preferences.tsx'

const TICK_MS = 1_000

/** One tick for all ages on the page, only while there are any. */
class Clock {
  private nowMs = Date.now()
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly watchers = new Set<() => void>()

  readonly read = (): number => this.nowMs

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    this.timer ??= setInterval(this.tick, TICK_MS)
    return () => {
      this.watchers.delete(watcher)
      if (this.watchers.size > 0) return
      clearInterval(this.timer)
      this.timer = undefined
    }
  }

  private readonly tick = (): void => {
    this.nowMs = Date.now()
    for (const watcher of this.watchers) watcher()
  }
}

const CLOCK = new Clock()

/** Milliseconds of Unix time, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(CLOCK.watch, CLOCK.read)
}

export function tellAge(t: Texts['t'], instant: string, nowMs: number): string {
  const { unit, count } = splitAge(ageSeconds(instant, nowMs))
  return t(`age.${unit}`, { count })
}

export function Age({ instant }: { instant: string }) {
  const { t, language } = useTexts()
  const now = useNow()
  return (
    <time dateTime={instant} title={formatInstant(instant, language)}>
      {tellAge(t, instant, now)}
    </time>
  )
}
