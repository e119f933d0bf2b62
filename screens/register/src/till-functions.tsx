// The till's functions beside selling: one table for the buttons and for the keys.

import { Button } from 'antd'
import type { Line, RegisterState } from 'kit/api-types.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { isOn, type Feature } from './features.ts'
import type { TillActions } from './till-actions.ts'
import type { KeyTable } from './till-keys.ts'

export type TillFunction = {
  key: string
  label: (t: Texts['t']) => string
  /** Left out where this is switched off. */
  feature?: Feature
  /** Null while there is nothing to do it with. */
  act: (() => void) | null
}

export function tillFunctions(
  state: RegisterState,
  selected: Line | null,
  actions: TillActions,
): TillFunction[] {
  const isEmpty = state.lines.length === 0
  const held = state.status.held_tickets
  const forLine = (act: (line: Line) => void) => (selected ? () => act(selected) : null)
  const recallLabel: TillFunction['label'] = (t) =>
    held > 0 ? t('till.recall_count', { count: held }) : t('till.recall')
  const functions: TillFunction[] = [
    { key: 'F2', label: (t) => t('till.hold'), act: isEmpty ? null : actions.hold },
    { key: 'F3', label: recallLabel, act: isEmpty ? actions.askHeld : null },
    {
      key: 'F4',
      feature: 'give_discount',
      label: (t) => t('till.discount'),
      act: forLine(actions.askDiscount),
    },
    {
      key: 'F5',
      feature: 'give_discount',
      label: (t) => t('till.discount_ticket'),
      act: isEmpty ? null : () => actions.askDiscount(null),
    },
    {
      key: 'F6',
      feature: 'override_price',
      label: (t) => t('till.price'),
      act: forLine(actions.askPrice),
    },
    {
      key: 'F7',
      feature: 'refund',
      label: (t) => t('till.return'),
      act: () => actions.askReturn(),
    },
    { key: 'F8', label: (t) => t('till.shift'), act: actions.askShift },
    { key: 'F10', label: (t) => t('back_room.title'), act: actions.askBackRoom },
    {
      key: 'F11',
      label: (t) => t(state.is_training ? 'training.leave' : 'training.enter'),
      act: isEmpty ? () => actions.practise(!state.is_training) : null,
    },
  ]
  return functions.filter(({ feature }) => !feature || isOn(state, feature))
}

export function keysOf(functions: TillFunction[]): KeyTable {
  return Object.fromEntries(functions.flatMap(({ key, act }) => (act ? [[key, act]] : [])))
}

export function TillFunctions({ functions }: { functions: TillFunction[] }) {
  const { t } = useTexts()
  return (
    <div className="till-functions" role="group" aria-label={t('till.functions')}>
      {functions.map(({ key, label, act }) => (
        <Button key={key} aria-keyshortcuts={key} disabled={!act} onClick={() => act?.()}>
          {label(t)} <small>{key}</small>
        </Button>
      ))}
    </div>
  )
}
