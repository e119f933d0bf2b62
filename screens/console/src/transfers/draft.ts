// A transfer being written: what it still lacks, and what is sent when it lacks nothing.

import type { Item, TransferDraft } from 'kit/api-types.ts'
import { MILLI_DIGITS, parseDecimal } from 'kit/decimal.ts'
import type { TextKey } from 'kit/text/index.ts'

/** More would not fit one delivery slip. */
export const LINES_MAX = 200

/** `key` tells the lines apart while they are written; the hub never sees it. */
export type DraftLine = { key: number; item: Item | null; quantity: string }
export type Draft = {
  source: string | undefined
  target: string | undefined
  lines: DraftLine[]
}

export type LineProblems = { item?: TextKey; quantity?: TextKey }
export type DraftProblems = {
  source?: TextKey
  target?: TextKey
  /** By the key of the line. */
  lines: Record<number, LineProblems>
}

export const EMPTY_DRAFT: Draft = {
  source: undefined,
  target: undefined,
  lines: [{ key: 1, item: null, quantity: '' }],
}

function quantityMilli(line: DraftLine): number {
  return parseDecimal(line.quantity, MILLI_DIGITS) ?? 0
}

function problemsOfLine(line: DraftLine, before: DraftLine[]): LineProblems {
  const problems: LineProblems = {}
  const isRepeated = before.some((other) => other.item?.item_id === line.item?.item_id)
  if (!line.item) problems.item = 'draft.problem.item'
  else if (isRepeated) problems.item = 'draft.problem.duplicate'
  if (quantityMilli(line) <= 0) problems.quantity = 'draft.problem.quantity'
  return problems
}

export function problemsOf(draft: Draft): DraftProblems {
  const problems: DraftProblems = { lines: {} }
  if (!draft.source) problems.source = 'draft.problem.source'
  if (!draft.target) problems.target = 'draft.problem.target'
  else if (draft.source === draft.target) problems.target = 'draft.problem.same'
  draft.lines.forEach((line, place) => {
    const found = problemsOfLine(line, draft.lines.slice(0, place))
    if (Object.keys(found).length > 0) problems.lines[line.key] = found
  })
  return problems
}

/** Null while something is missing. */
export function requestOf(draft: Draft): TransferDraft | null {
  const problems = problemsOf(draft)
  const isComplete = !problems.source && !problems.target
  if (!isComplete || Object.keys(problems.lines).length > 0) return null
  return {
    source_store: draft.source ?? '',
    target_store: draft.target ?? '',
    lines: draft.lines.map((line) => ({
      item_id: line.item?.item_id ?? 0,
      quantity_milli: quantityMilli(line),
    })),
  }
}

export function addLine(draft: Draft): Draft {
  const key = Math.max(0, ...draft.lines.map((line) => line.key)) + 1
  return { ...draft, lines: [...draft.lines, { key, item: null, quantity: '' }] }
}

export function changeLine(draft: Draft, key: number, change: Partial<DraftLine>): Draft {
  const lines = draft.lines.map((line) => (line.key === key ? { ...line, ...change } : line))
  return { ...draft, lines }
}

export function removeLine(draft: Draft, key: number): Draft {
  return { ...draft, lines: draft.lines.filter((line) => line.key !== key) }
}
