// The tickets that wait for their customer, of all registers: the one that is chosen is taken up.

import { Modal } from 'antd'
import { Age } from 'kit/ages.tsx'
import { ApiError } from 'kit/api-client.ts'
import type { HeldTicket, Refusal } from 'kit/api-types.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useRef, useState } from 'react'
import { askStore } from './store-api.ts'

/** As many names as fit one row. */
const NAMES_SHOWN = 3

function useHeldTickets(): { held: HeldTicket[] | null; refusal: Refusal | null } {
  const [held, setHeld] = useState<HeldTicket[] | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    askStore<HeldTicket[]>('held-tickets', { signal: controller.signal }).then(
      setHeld,
      (error: unknown) => {
        if (error instanceof ApiError) setRefusal(error.refusal)
        else if (!controller.signal.aborted) throw error
      },
    )
    return () => controller.abort()
  }, [])
  return { held, refusal }
}

function HeldRow({ ticket, onChoose }: { ticket: HeldTicket; onChoose: () => void }) {
  const { t, nameOf } = useTexts()
  const names = ticket.lines.slice(0, NAMES_SHOWN).map(nameOf).join(t('list.comma'))
  const { register_no, staff_no } = ticket
  return (
    <button type="button" className="held-row" onClick={onChoose}>
      <span>
        {t('held.lines', { names, count: ticket.lines.length })}
        <small>
          {t('held.row', { register_no, staff_no })} · <Age instant={ticket.held_at} />
        </small>
      </span>
      <b className="number">{formatFen(ticket.totals.amount_fen)}</b>
    </button>
  )
}

type HeldDialogProps = { onRecall: (heldId: string) => void; onClose: () => void }

export function HeldDialog({ onRecall, onClose }: HeldDialogProps) {
  const { t, detailOf } = useTexts()
  const { held, refusal } = useHeldTickets()
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => list.current?.querySelector('button')?.focus(), [held])
  return (
    <Modal open centered width={620} title={t('held.title')} footer={null} onCancel={onClose}>
      <div ref={list} className="held-list" aria-busy={held === null}>
        {held?.map((ticket) => (
          <HeldRow key={ticket.held_id} ticket={ticket} onChoose={() => onRecall(ticket.held_id)} />
        ))}
        {held?.length === 0 ? <p className="quiet">{t('held.empty')}</p> : null}
        {refusal ? <p role="alert">{detailOf(refusal)}</p> : null}
      </div>
    </Modal>
  )
}
