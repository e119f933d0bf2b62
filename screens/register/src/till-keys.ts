// The keyboard of the till: one listener on the window, silent while a dialog listens.

import { useEffect, useEffectEvent, type RefObject } from 'react'

/** What a key does, by its name. */
export type KeyTable = Partial<Record<string, () => void>>

export type TillKeys = {
  field: RefObject<HTMLInputElement | null>
  /** F keys; they work wherever the focus is. */
  anywhere: KeyTable
  /** They work while nothing is typed: in the field they would be letters. */
  withoutText: KeyTable
}

function isTyping(field: HTMLInputElement | null, target: EventTarget | null): boolean {
  if (target === field) return field?.value !== ''
  return target instanceof HTMLInputElement
}

/** Enter and Space on a focused button are the button's. */
function isPress(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLButtonElement && ['Enter', ' '].includes(event.key)
}

/** What is typed anywhere lands in the entry field, this first letter included. */
function leadToField(event: KeyboardEvent, field: HTMLInputElement | null): void {
  const isLetter = event.key.length === 1 && event.key !== ' '
  if (isLetter && event.target !== field) field?.focus()
}

export function useTillKeys(keys: TillKeys, isListening: boolean): void {
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    // An F key without a ticket does nothing, and not what the browser would do with it.
    if (/^F\d+$/.test(event.key)) {
      event.preventDefault()
      if (isListening && !event.repeat) keys.anywhere[event.key]?.()
      return
    }
    const field = keys.field.current
    const isTheirs = isTyping(field, event.target) || isPress(event) || event.isComposing
    if (!isListening || isTheirs) return
    const action = keys.withoutText[event.key]
    if (!action) return leadToField(event, field)
    event.preventDefault()
    action()
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => listen(event)
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])
}
