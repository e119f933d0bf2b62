// Goods come back: scan the receipt, scan the goods, confirm, pay out. With goods in the ticket it is an
// exchange, and the customer pays or gets the difference.

import { MinusOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, RegisterState, Sale, SoldLine, Tender, TenderKind } from 'kit/api-types.ts'
import { formatFen, formatInstant, formatQuantity } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useRef, useState, type FormEvent, type RefObject } from 'react'
import { useScans } from './back-room/scans.ts'
import { backLines, lineOfCode, stepPick, type Picked, type ReturnReason } from './return-draft.ts'
import { NoReceiptReturn } from './no-receipt-return.tsx'
import { isElsewhere, OtherStoreSale, useOtherStoreSale } from './other-store-sale.tsx'
import { PayOut, Reasons, usePrice, walletsOf } from './return-parts.tsx'
import { askStore } from './store-api.ts'
import type { RegisterLink } from './register-link.ts'
import { isPayCode, TENDER_KINDS } from './tender.ts'
import { TenderDialog } from './tender-dialog.tsx'
import { CODE_LENGTH_MAX, type TillActions } from './till-actions.ts'
import { useExchangeWallets } from './wallets.ts'

function useReturn(code: string) {
  const [asked, setAsked] = useState(code)
  const [sale, setSale] = useState<Sale | null>(null)
  const [picked, setPicked] = useState<Picked>({})
  const [reason, setReason] = useState<ReturnReason>('unwanted')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const find = async (text: string) => {
    setRefusal(null)
    setAsked(text)
    elsewhere.giveUp()
    try {
      setSale(await askStore<Sale>(`sales?code=${encodeURIComponent(text)}`))
      setPicked({})
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    }
  }
  const elsewhere = useOtherStoreSale({
    onHere: (text) => void find(text),
    onRefused: setRefusal,
  })
  const step = (line: SoldLine, direction: 1 | -1) =>
    setPicked((before) => stepPick(before, line, direction))
  /** A code is the goods' while a sale is open, else the sale's. */
  const enter = (text: string) => {
    const line = sale && lineOfCode(sale, picked, text)
    if (line) step(line, 1)
    else void find(text)
  }
  const begin = useRef(find)
  useEffect(() => {
    if (code !== '') void begin.current(code)
  }, [code])
  const back = sale ? backLines(sale, picked, reason) : []
  const price = usePrice(back, setRefusal)
  const askElsewhere = () => {
    setRefusal(null)
    void elsewhere.ask(asked)
  }
  const isElsewhereNow = elsewhere.isWaiting || isElsewhere(refusal)
  const { waitedS, isWaiting } = elsewhere
  const other = isElsewhereNow ? { waitedS, isWaiting, onAsk: askElsewhere } : null
  return { sale, picked, reason, refusal, back, price, other, setReason, setRefusal, step, enter }
}

type SoldRowProps = {
  line: SoldLine
  pickedMilli: number
  onStep: (line: SoldLine, direction: 1 | -1) => void
}

function SoldRow({ line, pickedMilli, onStep }: SoldRowProps) {
  const { t, nameOf } = useTexts()
  const name = nameOf(line)
  const left = formatQuantity(line.left_milli, line.unit_of_measure)
  return (
    <div className="held-row" role="listitem">
      <span>
        {name}
        <small>
          {t('return.left', { left })} · {formatFen(line.amount_fen)}
        </small>
      </span>
      <span className="return-steps">
        <Button
          icon={<MinusOutlined />}
          aria-label={t('return.fewer', { name })}
          disabled={pickedMilli === 0}
          onClick={() => onStep(line, -1)}
        />
        <b>{formatQuantity(pickedMilli, line.unit_of_measure)}</b>
        <Button
          icon={<PlusOutlined />}
          aria-label={t('return.more', { name })}
          disabled={pickedMilli >= line.left_milli}
          onClick={() => onStep(line, 1)}
        />
      </span>
    </div>
  )
}

type SaleLinesProps = {
  sale: Sale
  /** This one. */
  store: string
  picked: Picked
  onStep: (line: SoldLine, direction: 1 | -1) => void
}

function SaleLines({ sale, store, picked, onStep }: SaleLinesProps) {
  const { t, language } = useTexts()
  const { register_no, receipt_no } = sale
  const place = { store: sale.store, register_no, receipt_no }
  return (
    <>
      <p>
        {t(sale.store === store ? 'return.sale' : 'return.sale_elsewhere', place)} ·{' '}
        {formatInstant(sale.sold_at, language)}
      </p>
      <div className="held-list sale-lines" role="list" aria-label={t('return.lines')}>
        {sale.lines.map((line) => (
          <SoldRow
            key={line.sale_line_no}
            line={line}
            pickedMilli={picked[line.sale_line_no] ?? 0}
            onStep={onStep}
          />
        ))}
      </div>
    </>
  )
}

type CodeFieldProps = {
  field: RefObject<HTMLInputElement | null>
  onEnter: (text: string) => void
}

function CodeField({ field, onEnter }: CodeFieldProps) {
  const { t } = useTexts()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('code')).trim()
    event.currentTarget.reset()
    if (text !== '') onEnter(text)
  }
  return (
    <form className="approval" onSubmit={submit}>
      <label>
        {t('return.code')}
        <input name="code" ref={field} autoComplete="off" maxLength={CODE_LENGTH_MAX} />
      </label>
    </form>
  )
}

type ReturnDialogProps = {
  /** Of the receipt that was scanned; empty when it is asked for. */
  code: string
  state: RegisterState
  link: RegisterLink
  actions: TillActions
  onClose: () => void
}

type ReceiptReturnProps = ReturnDialogProps & { onWithout: () => void }

function ReceiptReturn({ code, state, link, actions, onClose, onWithout }: ReceiptReturnProps) {
  const { t, detailOf } = useTexts()
  const draft = useReturn(code)
  const [isCollecting, setCollecting] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const { sale, picked, reason, refusal, back, price } = draft
  const dueFen = price?.due_fen ?? 0
  const { wallets, setPayCode } = useExchangeWallets(link, state, dueFen)
  useScans((scanned) => {
    if (!isCollecting) draft.enter(scanned)
    else if (isPayCode(scanned)) setPayCode(scanned)
  })
  const settle = async (tenders: Tender[]): Promise<Refusal | null> => {
    const paid = tenders.filter(({ amount_fen }) => amount_fen > 0)
    const answered = await actions.run('exchange', { back, tenders: paid })
    if (answered.kind === 'done') onClose()
    return answered.kind === 'refused' ? answered.refusal : null
  }
  const payOut = async (kind: TenderKind) => {
    const amount_fen = price ? -price.due_fen : 0
    draft.setRefusal(await settle(amount_fen > 0 ? [{ kind, amount_fen }] : []))
  }
  if (isCollecting && price) {
    // An approval takes this dialog's place by itself.
    const rules = { ...state.till, cash_rounding_fen: 0 }
    const back = () => setCollecting(false)
    return <TenderDialog {...{ dueFen, rules, wallets }} onPay={settle} onClose={back} />
  }
  const title = t(state.lines.length > 0 ? 'return.exchange_title' : 'return.title')
  return (
    <Modal
      open
      centered
      width={680}
      title={title}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => field.current?.focus()}
    >
      <CodeField field={field} onEnter={draft.enter} />
      {refusal ? (
        <div className="binding-refusal" role="alert">
          {detailOf(refusal)}
        </div>
      ) : null}
      {draft.other ? <OtherStoreSale {...draft.other} /> : null}
      {sale ? (
        <>
          <SaleLines sale={sale} store={state.store} picked={picked} onStep={draft.step} />
          <Reasons reason={reason} onChoose={draft.setReason} />
        </>
      ) : (
        <Button block className="confirm" onClick={onWithout}>
          {t('return.without_receipt')}
        </Button>
      )}
      {price ? (
        <PayOut
          price={price}
          kinds={[...walletsOf(sale), ...TENDER_KINDS]}
          onPayOut={(kind) => void payOut(kind)}
          onCollect={() => setCollecting(true)}
        />
      ) : null}
    </Modal>
  )
}

export function ReturnDialog(props: ReturnDialogProps) {
  const [isWithout, setWithout] = useState(false)
  if (isWithout) return <NoReceiptReturn actions={props.actions} onClose={props.onClose} />
  return <ReceiptReturn {...props} onWithout={() => setWithout(true)} />
}
