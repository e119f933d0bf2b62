// The number pad of every dialog, and the dialog that asks for one number.

import { Button, Modal } from 'antd'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react'

export type PadKey = { key: string; label?: ReactNode; name?: string; isQuiet?: boolean }

export function BackIcon() {
  return (
    <svg width="26" height="26" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden>
      <path d="M8.5 5h12v14h-12l-6-7z" strokeWidth="1.8" strokeLinejoin="round" />
      <path d="m11.5 9 6 6m0-6-6 6" strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  )
}

type PadProps = { keys: PadKey[]; columns: number; onKey: (key: string) => void }

export function Pad({ keys, columns, onKey }: PadProps) {
  return (
    <div className="pad" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {keys.map(({ key, label, name, isQuiet }) => (
        <button
          key={key}
          type="button"
          aria-label={name}
          className={isQuiet ? 'pad-quiet' : undefined}
          onClick={() => onKey(key)}
        >
          {label ?? key}
        </button>
      ))}
    </div>
  )
}

type PadKeys = {
  onKey: (key: string) => void
  onConfirm: () => void
  /** What else a key does, by its name. */
  others?: Record<string, () => void>
}

/** Keys of the keyboard that do what the pad does, while a dialog is open. */
export function usePadKeys({ onKey, onConfirm, others = {} }: PadKeys): void {
  const table: Record<string, () => void> = {
    Enter: onConfirm,
    Backspace: () => onKey('back'),
    Delete: () => onKey('clear'),
    ...others,
  }
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const action = /^[0-9.]$/.test(event.key) ? () => onKey(event.key) : table[event.key]
    if (!action) return
    // Else Enter would also press whichever button has the focus.
    event.preventDefault()
    if (!event.repeat || event.key === 'Backspace') action()
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => listen(event)
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])
}

function Choices({ choices }: { choices: NonNullable<PadDialogProps['choices']> }) {
  return (
    <div className="pad-choices">
      {choices.map(({ label, choose }) => (
        <button key={label} type="button" onClick={choose}>
          {label}
        </button>
      ))}
    </div>
  )
}

const DIGITS = ['7', '8', '9', '4', '5', '6', '1', '2', '3']

type PadDialogProps = {
  title: string
  subtitle?: string
  /** Answers that take one tap instead of a number. */
  choices?: { label: string; choose: () => void }[]
  /** Shown behind the number. */
  unit?: string
  /** Shown until something is typed. */
  placeholder: string
  press: (text: string, key: string) => string
  isReady: (text: string) => boolean
  onConfirm: (text: string) => void
  onClose: () => void
}

/** Mounted while it is asked. Keyboard and pad do the same. */
export function PadDialog(props: PadDialogProps) {
  const { title, subtitle, choices, unit, placeholder, press, isReady, onConfirm, onClose } = props
  const { t } = useTexts()
  const [text, setText] = useState('')
  const field = useRef<HTMLDivElement>(null)
  const pressed = (key: string) => setText((before) => press(before, key))
  const confirm = () => {
    if (isReady(text)) onConfirm(text)
  }
  usePadKeys({ onKey: pressed, onConfirm: confirm })
  const keys: PadKey[] = [
    ...DIGITS.map((key) => ({ key })),
    { key: '.' },
    { key: '0' },
    { key: 'back', label: <BackIcon />, name: t('pad.back') },
  ]
  return (
    <Modal
      open
      centered
      width={420}
      title={title}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => field.current?.focus()}
    >
      {subtitle ? <div className="dialog-subtitle">{subtitle}</div> : null}
      {choices ? <Choices choices={choices} /> : null}
      <div ref={field} tabIndex={-1} className="pad-field" role="status" aria-label={title}>
        <span className={text ? undefined : 'placeholder'}>{text || placeholder}</span>
        {unit ? <small>{unit}</small> : null}
      </div>
      <Pad keys={keys} columns={3} onKey={pressed} />
      <Button type="primary" block className="confirm" disabled={!isReady(text)} onClick={confirm}>
        {t('quantity.confirm')}
      </Button>
    </Modal>
  )
}
