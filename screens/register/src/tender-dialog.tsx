// Takes the money: one tender or several, by touch, by keyboard, or by the customer's pay code.

import {
  CloseOutlined,
  CreditCardOutlined,
  QrcodeOutlined,
  WalletOutlined,
} from '@ant-design/icons'
import { Button, Modal } from 'antd'
import type { Refusal, Tender, TillRules, WalletPayment } from 'kit/api-types.ts'
import { FEN_DIGITS, pressKey, writeDecimal } from 'kit/decimal.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react'
import { BackIcon, Pad, usePadKeys, type PadKey } from './pad.tsx'
import {
  addNote,
  chargeOf,
  EMPTY_ENTRY,
  isPayCode,
  kindsOf,
  planTender,
  takePart,
  tendersOf,
  type Charge,
  type EntryKind,
  type TenderEntry,
  type TenderPlan,
} from './tender.ts'
import { useTypedCode } from './typed-code.ts'
import { AskedPanel, PaidRow } from './wallet-panel.tsx'

const NOTES_YUAN: Record<string, number> = { note_50: 50, note_100: 100 }
const KIND_ICONS: Record<EntryKind, ReactNode> = {
  cash: <WalletOutlined />,
  card: <CreditCardOutlined />,
  wallet: <QrcodeOutlined />,
  wechat: <QrcodeOutlined />,
  alipay: <QrcodeOutlined />,
}

function pressTenderKey(entry: TenderEntry, key: string, plan: TenderPlan): TenderEntry {
  const noteYuan = NOTES_YUAN[key]
  if (noteYuan !== undefined) return { ...entry, typed: addNote(entry.typed, noteYuan) }
  if (key === 'exact') return { ...entry, typed: writeDecimal(plan.remaining_fen, FEN_DIGITS) }
  return { ...entry, typed: pressKey(entry.typed, key, FEN_DIGITS) }
}

/** What pays by code, and what was paid so. */
export type Wallets = {
  payments: WalletPayment[]
  /** Code that a scanner read; it is charged once. */
  payCode: string | null
  /** Answers the refusal, or null once the provider is asked. */
  onCharge: (payCode: string, charge: Charge) => Promise<Refusal | null>
  onTaken: () => void
  onTakeBack: (payment: WalletPayment) => void
  /** What the provider said last, when it came to nothing. */
  notice: Refusal | null
}

type PayProps = {
  dueFen: number
  rules: TillRules
  wallets: Wallets
  /** Answers the refusal, or null once it is paid. */
  onPay: (tenders: Tender[]) => Promise<Refusal | null>
  onClose: () => void
}

/** What the dialog holds and what its keys do. */
function useTender({ dueFen, rules, wallets, onPay, onClose }: PayProps) {
  const [entry, setEntry] = useState(EMPTY_ENTRY)
  const [isPaying, setPaying] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isForeign, setForeign] = useState(false)
  const typedCode = useTypedCode<TenderEntry>()
  const paidFen = wallets.payments.reduce((sum, { amount_fen }) => sum + amount_fen, 0)
  const restFen = Math.max(0, dueFen - paidFen)
  const plan = planTender(entry, restFen, rules.cash_rounding_fen)
  const change = (next: TenderEntry) => {
    if (isPaying) return
    setRefusal(null)
    setForeign(false)
    setEntry(next)
  }
  const send = async (work: Promise<Refusal | null>): Promise<boolean> => {
    setPaying(true)
    const refused = await work
    setPaying(false)
    setRefusal(refused)
    return refused === null
  }
  const charge = async (payCode: string, from: TenderEntry) => {
    if (isPaying) return
    change(from)
    const isAsked = await send(wallets.onCharge(payCode, chargeOf(from, restFen)))
    if (isAsked && from.kind === 'wallet') setEntry({ ...from, typed: '' })
  }
  const confirm = async () => {
    if (isPaying) return
    const typed = typedCode.take(isPayCode)
    if (typed) {
      change(typed.before)
      if (isPayCode(typed.code)) return charge(typed.code, typed.before)
      return setForeign(true)
    }
    if (plan.next === 'add') return change(takePart(entry, plan))
    if (plan.next === 'pay' && (await send(onPay(tendersOf(entry, plan))))) onClose()
  }
  const press = (key: string) => {
    typedCode.hear(key, entry)
    change(pressTenderKey(entry, key, plan))
  }
  return { entry, plan, isPaying, isForeign, refusal, change, press, confirm, charge }
}

function Amounts({ plan, isPart }: { plan: TenderPlan; isPart: boolean }) {
  const { t } = useTexts()
  return (
    <div className="spread tender-amounts">
      <div>
        <small>{t(isPart ? 'tender.remaining' : 'tender.due')}</small>
        <div className="amount-large">{formatFen(plan.remaining_fen)}</div>
      </div>
      {plan.rounding_fen > 0 ? (
        <div>
          <small>{t('tender.rounding')}</small>
          <div className="amount-large">{formatFen(-plan.rounding_fen)}</div>
        </div>
      ) : null}
      <div className="number">
        <small>{t('tender.change')}</small>
        <div className="amount-large ok">{formatFen(plan.change_fen)}</div>
      </div>
    </div>
  )
}

type KindsProps = {
  kinds: EntryKind[]
  entry: TenderEntry
  onChange: (entry: TenderEntry) => void
  children: ReactNode
}

function TenderKinds({ kinds, entry, onChange, children }: KindsProps) {
  const { t } = useTexts()
  const takeBack = (index: number) =>
    onChange({ ...entry, taken: entry.taken.filter((_tender, place) => place !== index) })
  return (
    <div className="tender-kinds">
      <div role="radiogroup" aria-label={t('tender.kind')}>
        {kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            role="radio"
            aria-checked={entry.kind === kind}
            onClick={() => onChange({ ...entry, kind, typed: '' })}
          >
            {KIND_ICONS[kind]} {t(`tender.${kind}`)}
          </button>
        ))}
      </div>
      {entry.taken.map((tender, index) => {
        const values = { kind: t(`tender.${tender.kind}`), amount: formatFen(tender.amount_fen) }
        return (
          <div key={index} className="taken">
            <span>{values.kind}</span>
            <b>{values.amount}</b>
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t('tender.remove', values)}
              onClick={() => takeBack(index)}
            />
          </div>
        )
      })}
      {children}
    </div>
  )
}

function padKeys(t: ReturnType<typeof useTexts>['t']): PadKey[] {
  return [
    ...['7', '8', '9'].map((key) => ({ key })),
    { key: 'note_50', label: '¥50', isQuiet: true },
    ...['4', '5', '6'].map((key) => ({ key })),
    { key: 'note_100', label: '¥100', isQuiet: true },
    ...['1', '2', '3'].map((key) => ({ key })),
    { key: 'exact', label: t('tender.exact'), isQuiet: true },
    ...['0', '00', '.'].map((key) => ({ key })),
    { key: 'back', label: <BackIcon />, name: t('pad.back'), isQuiet: true },
  ]
}

function confirmLabel(t: ReturnType<typeof useTexts>['t'], plan: TenderPlan, isPaying: boolean) {
  if (isPaying) return t('tender.waiting')
  if (plan.next === 'scan') return t('wallet.scan', { amount: formatFen(plan.given_fen) })
  return plan.next === 'add'
    ? t('tender.add', { amount: formatFen(plan.given_fen) })
    : `${t('tender.confirm')} Enter`
}

/** A code that a scanner read is charged once, as soon as the dialog is there. */
function useScannedCode(wallets: Wallets, charge: (payCode: string) => void): void {
  const take = useEffectEvent((payCode: string) => {
    wallets.onTaken()
    charge(payCode)
  })
  const payCode = wallets.payCode
  useEffect(() => {
    if (payCode !== null) take(payCode)
  }, [payCode])
}

type TenderBodyProps = {
  tender: ReturnType<typeof useTender>
  kinds: EntryKind[]
  wallets: Wallets
}

/** Which tender, and how much of it. */
function TenderBody({ tender, kinds, wallets }: TenderBodyProps) {
  const { t } = useTexts()
  const { entry, change, press } = tender
  return (
    <div className="tender-body">
      <TenderKinds kinds={kinds} entry={entry} onChange={change}>
        {wallets.payments.map((payment) => (
          <PaidRow key={payment.payment_no} payment={payment} onTakeBack={wallets.onTakeBack} />
        ))}
      </TenderKinds>
      <Pad keys={padKeys(t)} columns={4} onKey={press} />
    </div>
  )
}

function problemOf(
  { t, detailOf }: ReturnType<typeof useTexts>,
  { entry, plan, refusal, isForeign }: ReturnType<typeof useTender>,
  notice: Refusal | null,
): string | null {
  if (isForeign) return t('wallet.no_code')
  if (plan.next === 'too_much') {
    const values = { kind: t(`tender.${entry.kind}`), amount: formatFen(plan.remaining_fen) }
    return t('tender.no_change', values)
  }
  const told = refusal ?? notice
  return told && detailOf(told)
}

/** Mounted while the customer pays. Stays open, amounts kept, if the line to the box goes. */
export function TenderDialog(props: PayProps) {
  const texts = useTexts()
  const { t } = texts
  const { wallets } = props
  const kinds = kindsOf(props.rules)
  const tender = useTender(props)
  const { entry, plan, isPaying, change, press, confirm, charge } = tender
  const field = useRef<HTMLDivElement>(null)
  const asked = wallets.payments.find(({ state }) => state === 'asked')
  const turn = (step: number) => {
    const place = (kinds.indexOf(entry.kind) + step + kinds.length) % kinds.length
    change({ ...entry, kind: kinds[place] ?? 'cash', typed: '' })
  }
  useScannedCode(wallets, (payCode) => void charge(payCode, entry))
  usePadKeys({
    onKey: (key) => (asked ? key === 'clear' && wallets.onTakeBack(asked) : press(key)),
    onConfirm: () => (asked ? undefined : void confirm()),
    others: { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) },
  })
  return (
    <Modal
      open
      centered
      width={720}
      title={t('tender.title')}
      footer={null}
      mask={{ closable: false }}
      onCancel={props.onClose}
      afterOpenChange={() => field.current?.focus()}
    >
      <Amounts plan={plan} isPart={plan.remaining_fen + plan.rounding_fen < props.dueFen} />
      {asked ? (
        <AskedPanel payment={asked} onTakeBack={wallets.onTakeBack} />
      ) : (
        <TenderBody {...{ tender, kinds, wallets }} />
      )}
      <div ref={field} tabIndex={-1} className="tender-given" role="status">
        <span>{t('tender.given')}</span>
        <b className={entry.typed ? undefined : 'placeholder'}>{formatFen(plan.given_fen)}</b>
        <span className="tender-problem" role="alert">
          {problemOf(texts, tender, wallets.notice)}
        </span>
      </div>
      <Button
        type="primary"
        block
        className="confirm pay-green"
        loading={isPaying}
        disabled={asked !== undefined || !['pay', 'add'].includes(plan.next)}
        onClick={() => void confirm()}
      >
        {confirmLabel(t, plan, isPaying)}
      </Button>
      <div className="dialog-hint">{t('tender.hint')}</div>
    </Modal>
  )
}
