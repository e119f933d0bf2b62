// The rules of the house that no compiler knows, over every source file of the screens.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const FILE_LINES_MAX = 600
const FUNCTION_LINES_MAX = 69
/** kit/src/text holds all words; tests and fixtures hold goods of a shop. */
const MAY_HOLD_CHINESE = /(^kit\/src\/text\/|\.test\.ts$|-fixture\.ts$)/
const MAY_HOLD_ADDRESSES = /\.test\.ts$/

const SOURCES = ['kit/src', 'register/src', 'console/src'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|css)$/.test(name))
    .map((name) => `${folder}/${name}`),
)

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8')
}

function longFunctions(name: string): string[] {
  const source = ts.createSourceFile(name, read(name), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1
    if (ts.isFunctionLike(node) && lines > FUNCTION_LINES_MAX) found.push(`${lines} lines`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test.each(SOURCES)('%s fits the limits', (name) => {
  expect(read(name).split('\n').length).toBeLessThanOrEqual(FILE_LINES_MAX)
  if (!name.endsWith('.css')) expect(longFunctions(name)).toEqual([])
})

const CODE = SOURCES.filter((name) => !/\.(css|test\.ts)$/.test(name))

test.each(CODE)('%s begins with what lives there', (name) => {
  expect(read(name)).toMatch(/^\/\/ [A-Z]/)
})

test.each(SOURCES)('%s makes no fractions of money or quantities', (name) => {
  expect(read(name)).not.toMatch(/parseFloat|\.toFixed\(/)
})

test.each(SOURCES.filter((name) => !MAY_HOLD_CHINESE.test(name)))('%s has no words', (name) => {
  expect(read(name)).not.toMatch(/[\u3000-\u9fff\uff00-\uffef]/)
})

test.each(SOURCES.filter((name) => !MAY_HOLD_ADDRESSES.test(name)))(
  '%s asks nobody outside',
  (name) => {
    expect(read(name)).not.toMatch(/https?:\/\//)
  },
)

test('the lock file names no registry', () => {
  const resolved = Array.from(
    read('package-lock.json').matchAll(/"resolved": "(.*)"/g),
    (m) => m[1],
  )

  expect(resolved.sort()).toEqual(['console', 'kit', 'register'])
})
