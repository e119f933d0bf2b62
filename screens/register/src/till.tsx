// The till: one ticket, the keys that act on it, and which dialog is open.

import type { CodeQuestion, Line, RegisterState } from 'kit/api-types.ts'
import { ReceiptPaper } from 'kit/receipt-paper.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { useCallback, useEffect, useRef, useState, type MouseEvent } from 'react'
import { ScanSource } from './back-room/scans.ts'
import { Entry } from './entry.tsx'
import { ASK_KEY, NoticeBanner } from './notice-banner.tsx'
import { QuickKeys } from './quick-keys.tsx'
import type { RegisterLink } from './register-link.ts'
import { SidePanel } from './side-panel.tsx'
import { Ticket } from './ticket.tsx'
import { ONE_PIECE_MILLI, useTillActions, type Dialog, type TillActions } from './till-actions.ts'
import { TillDialogs } from './till-dialogs.tsx'
import { keysOf, tillFunctions } from './till-functions.tsx'
import { TillHeader } from './till-header.tsx'
import { TrainingTasks } from './training-tasks.tsx'
import { useTillKeys, type KeyTable } from './till-keys.ts'
import type { View } from './view.ts'

type Selection = {
  selected: Line | null
  choose: (lineId: number) => void
  move: (step: number) => void
}

/** The line the keys act on: one chosen by hand, until the ticket changes; else the one changed last. */
function useSelection(lines: Line[], hotLineId: number | null): Selection {
  const [chosen, setChosen] = useState<number | null>(null)
  useEffect(() => setChosen(null), [lines])
  const wanted = chosen ?? hotLineId
  const selected = lines.find((line) => line.line_id === wanted) ?? lines.at(-1) ?? null
  const move = (step: number) => {
    const place = selected ? lines.indexOf(selected) + step : 0
    setChosen(lines[Math.max(0, Math.min(lines.length - 1, place))]?.line_id ?? null)
  }
  return { selected, choose: setChosen, move }
}

/** Keys that mean something only while nothing is typed. */
function keysOfTicket({ selected, move }: Selection, actions: TillActions): KeyTable {
  const escape = () => {
    actions.dismissNotice()
    actions.showReceipt(false)
  }
  const always = { Escape: escape, Enter: () => actions.showReceipt(false) }
  if (!selected) return always
  return {
    ...always,
    '+': () => actions.step(selected, ONE_PIECE_MILLI),
    '-': () => actions.step(selected, -ONE_PIECE_MILLI),
    '*': () => actions.askQuantity(selected),
    Delete: () => actions.remove(selected),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
  }
}

/** What must be seen whatever else is on the page: a sick journal, commands that wait for the box. */
function Strips({ view, state }: { view: View; state: RegisterState }) {
  const { t } = useTexts()
  const isCutOff = view.link !== 'open' && view.waiting_commands > 0
  return (
    <>
      {state.status.journal_ok ? null : (
        <div className="strip strip-down" role="alert">
          {t('register.journal_fault')}
        </div>
      )}
      {state.has_shift || !state.is_staffed ? null : (
        <div className="strip strip-warning" role="status">
          {t('shift.none_hint')}
        </div>
      )}
      {state.payments.length > 0 ? (
        <div className="strip strip-warning" role="status">
          {t('wallet.on_ticket')}
        </div>
      ) : null}
      {isCutOff ? (
        <div className="strip strip-warning" role="status">
          {t('register.waiting_commands', { count: view.waiting_commands })}
        </div>
      ) : null}
    </>
  )
}

/** A receipt that a scanner read opens the return, as if its code had been typed there. */
function useScannedSale(view: View, link: RegisterLink, actions: TillActions): void {
  const code = view.scanned_sale
  useEffect(() => {
    if (code === null) return
    link.act({ kind: 'take_sale' })
    actions.askReturn(code)
  }, [code, link, actions])
}

/** A pay code opens the payment, unless another dialog is open: then it waits for it. */
function usePayCode(view: View, isFree: boolean, actions: TillActions): void {
  const isScanned = view.pay_code !== null
  useEffect(() => {
    if (isScanned && isFree) actions.askTender()
  }, [actions, isFree, isScanned])
}

/** A code of several items asks at once which it is, unless the cashier is at something else. */
function useChoice(view: View, isFree: boolean, actions: TillActions): void {
  const [asked, setAsked] = useState<CodeQuestion | null>(null)
  const question = view.notice?.question ?? null
  useEffect(() => {
    if (!isFree || !question || question === asked || question.item_ids.length === 0) return
    setAsked(question)
    actions.askAboutCode(question)
  }, [actions, asked, isFree, question])
}

/** A tap presses a button but leaves the focus alone, so that the next Enter does not press it again. */
function keepFocus(event: MouseEvent): void {
  if (event.target instanceof Element && event.target.closest('button')) event.preventDefault()
}

type TillProps = { view: View; state: RegisterState; link: RegisterLink }

export function Till({ view, state, link }: TillProps) {
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const selection = useSelection(state.lines, view.hot_line_id)
  const actions = useTillActions(link, setDialog)
  // A late answer closes the dialog that asked, never the one that is open by then.
  const close = useCallback(() => setDialog((open) => (open === dialog ? null : open)), [dialog])
  useScannedSale(view, link, actions)
  usePayCode(view, dialog === null, actions)
  useChoice(view, dialog === null, actions)
  const isEmpty = state.lines.length === 0
  const isReceiptShown = view.is_receipt_shown && isEmpty && state.last_receipt !== null
  const functions = tillFunctions(state, selection.selected, actions)
  const endKeys: KeyTable = isEmpty ? {} : { F12: actions.askTender, F9: actions.askVoid }
  const question = view.notice?.question
  const askKeys: KeyTable = question ? { [ASK_KEY]: () => actions.askAboutCode(question) } : {}
  const ticketKeys = keysOfTicket(selection, actions)
  useTillKeys(
    { field, anywhere: { ...endKeys, ...askKeys, ...keysOf(functions) }, withoutText: ticketKeys },
    dialog === null,
  )
  return (
    <div className={state.is_training ? 'till till-training' : 'till'} onMouseDown={keepFocus}>
      <TillHeader state={state} link={view.link} />
      <main className="panel">
        <Entry field={field} lines={state.lines} actions={actions} />
        <Strips view={view} state={state} />
        {state.is_training ? <TrainingTasks link={link} staffNo={state.staff_no} /> : null}
        <div className={isReceiptShown ? 'goods goods-beside' : 'goods'}>
          {view.notice ? (
            <NoticeBanner
              notice={view.notice}
              onAsk={actions.askAboutCode}
              onDismiss={actions.dismissNotice}
            />
          ) : null}
          <div className="ticket">
            {isReceiptShown && state.last_receipt ? (
              <ReceiptPaper receipt={state.last_receipt} />
            ) : (
              <Ticket
                lines={state.lines}
                selectedLineId={selection.selected?.line_id ?? null}
                actions={actions}
                onSelect={selection.choose}
              />
            )}
          </div>
          <QuickKeys items={state.quick_keys} onChoose={actions.add} />
        </div>
      </main>
      <SidePanel {...{ state, isReceiptShown, functions, actions }} />
      <ScanSource value={link}>
        <TillDialogs {...{ dialog, state, link, actions, onClose: close }} />
      </ScanSource>
    </div>
  )
}
