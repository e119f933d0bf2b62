// Transfer slips: shown and printed where goods leave; scanned, code by code, where they come.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, TakenSlip } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent } from 'react'
import { askStore, fetchPicture, registerPath } from '../store-api.ts'
import { RefusalLine, useWrite } from './parts.tsx'
import { useScans } from './scans.ts'
import { addPart, type SlipParts } from './slip-parts.ts'

type SlipFieldProps = { onTaken: (transferNo: string) => void }

/** Takes the codes of a slip in any order, from the register's scanner or one that types. */
export function SlipField({ onTaken }: SlipFieldProps) {
  const { t } = useTexts()
  const [parts, setParts] = useState<SlipParts | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const take = async (text: string) => {
    const next = addPart(parts, text)
    if (!next) return
    setRefusal(null)
    setParts(next)
    if (next.texts.length < next.count) return
    setParts(null)
    try {
      const body = { parts: next.texts }
      const taken = await askStore<TakenSlip>('transfer-slips', { method: 'POST', body })
      onTaken(taken.transfer_no)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    }
  }
  useScans((code) => void take(code))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void take(String(new FormData(event.currentTarget).get('slip')))
    event.currentTarget.reset()
  }
  return (
    <form className="approval" onSubmit={submit}>
      <label>
        {t('slip.scan')}
        <input name="slip" autoComplete="off" />
      </label>
      {parts ? (
        <p role="status">{t('slip.progress', { have: parts.texts.length, count: parts.count })}</p>
      ) : null}
      <RefusalLine refusal={refusal} />
    </form>
  )
}

/** What goes with the goods that just left: paper, or the screen for a photo of it. */
export function SlipOffer({ transferNo }: { transferNo: string }) {
  const { t } = useTexts()
  const { write, refusal, setRefusal, isAsking } = useWrite()
  const [isPrinted, setPrinted] = useState(false)
  const [picture, setPicture] = useState<string | null>(null)
  const path = `transfer-orders/${encodeURIComponent(transferNo)}/slip`
  const print = () => void write(registerPath(path), {}, () => setPrinted(true))
  const show = async () => {
    try {
      setPicture(await fetchPicture(`${path}/preview`, {}))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    }
  }
  return (
    <section aria-label={t('slip.title')}>
      <div className="dialog-buttons">
        <Button className="confirm" loading={isAsking} onClick={print}>
          {t('slip.print')}
        </Button>
        <Button className="confirm" onClick={() => void show()}>
          {t('slip.show')}
        </Button>
      </div>
      <RefusalLine refusal={refusal} />
      {isPrinted ? <p role="status">{t('slip.printed')}</p> : null}
      {picture ? <img className="slip-picture" src={picture} alt={t('slip.title')} /> : null}
    </section>
  )
}
