// A receipt of another store: headquarters is asked for the sale, and the cashier sees that it is on its way.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal } from 'kit/api-types.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useRef, useState } from 'react'
import { askStore, registerPath } from './store-api.ts'

const LOOK_MS = 700
/** Then the cashier is told that it may take longer; the request stays. */
const SLOW_AFTER_S = 30
/** No answer, or a box that has too much to do: it is asked again. */
const PASSING = [0, 503]
/** The store has no such sale; somebody else has it now. */
const ELSEWHERE = ['sale_not_found', 'sale_passed_on']

type Wanted = { code: string; requestId: string; sinceMs: number }

export function isElsewhere(refusal: Refusal | null): boolean {
  return refusal !== null && ELSEWHERE.includes(refusal.code)
}

type Heard = { onHere: (code: string) => void; onRefused: (refusal: Refusal) => void }

/** Asks for a sale until it is here or never will be. A box that does not answer is asked again. */
export function useOtherStoreSale(heard: Heard) {
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const [waitedS, setWaitedS] = useState(0)
  const latest = useRef(heard)
  useEffect(() => {
    latest.current = heard
  })
  useEffect(() => {
    if (!wanted) return
    let timer: ReturnType<typeof setTimeout>
    const controller = new AbortController()
    const look = async () => {
      setWaitedS(Math.floor((Date.now() - wanted.sinceMs) / 1000))
      try {
        if (await isHere(wanted, controller.signal)) {
          setWanted(null)
          latest.current.onHere(wanted.code)
          return
        }
      } catch (error) {
        if (controller.signal.aborted) return
        if (!(error instanceof ApiError)) throw error
        if (!PASSING.includes(error.status)) {
          setWanted(null)
          latest.current.onRefused(error.refusal)
          return
        }
      }
      timer = setTimeout(() => void look(), LOOK_MS)
    }
    timer = setTimeout(() => void look(), LOOK_MS)
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [wanted])
  const ask = async (code: string) => {
    const requestId = newId()
    setWaitedS(0)
    try {
      const body = { request_id: requestId, code }
      await askStore(registerPath('sale-requests'), { method: 'POST', body })
      setWanted({ code, requestId, sinceMs: Date.now() })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      latest.current.onRefused(error.refusal)
    }
  }
  return { isWaiting: wanted !== null, waitedS, ask, giveUp: () => setWanted(null) }
}

async function isHere({ code, requestId }: Wanted, signal: AbortSignal): Promise<boolean> {
  const path = registerPath(`sale-requests/${requestId}?code=${encodeURIComponent(code)}`)
  return (await askStore<{ is_here: boolean }>(path, { signal })).is_here
}

type OtherStoreSaleProps = { waitedS: number; isWaiting: boolean; onAsk: () => void }

/** Enter asks; while it is awaited, for how long. */
export function OtherStoreSale({ waitedS, isWaiting, onAsk }: OtherStoreSaleProps) {
  const { t } = useTexts()
  if (!isWaiting) {
    return (
      <Button type="primary" block className="confirm" autoFocus onClick={onAsk}>
        {t('return.ask_other_store')}
      </Button>
    )
  }
  return (
    <p role="status">
      {t('return.awaited', { seconds: waitedS })}
      {waitedS >= SLOW_AFTER_S ? <small> {t('return.awaited_long')}</small> : null}
    </p>
  )
}
