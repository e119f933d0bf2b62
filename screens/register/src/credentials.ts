// Which register this page is: from the binding link, kept on this machine.

import type { Credentials } from './register-link.ts'

const STORAGE_KEY = 'liushui.register'
/** Of this window: a till and its customer display may share a machine. */
const PAGE_KEY = 'liushui.page'
const PAGES = ['till', 'back_room', 'display', 'devices'] as const
type Page = (typeof PAGES)[number]

function readPage(text: string | null): Page {
  return PAGES.find((page) => page === text) ?? 'till'
}

/** Read `#register_no=1&token=...`, with `&page=back_room` for a phone between the shelves,
 * `&page=display` for the customer, `&page=devices` for IT. The fragment never leaves the browser, so no log has the token. */
export function readFragment(fragment: string): Credentials | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  const registerNo = fields.get('register_no')
  const token = fields.get('token')
  if (!registerNo || !token) return null
  return { register_no: registerNo, token, page: readPage(fields.get('page')) }
}

export function keepCredentials(credentials: Credentials): void {
  const { page = 'till', ...register } = credentials
  localStorage.setItem(STORAGE_KEY, JSON.stringify(register))
  sessionStorage.setItem(PAGE_KEY, page)
}

/** Take the credentials of the binding link if there is one, else those kept before. */
export function loadCredentials(): Credentials | null {
  const given = readFragment(location.hash)
  if (given) {
    keepCredentials(given)
    history.replaceState(null, '', location.pathname)
    return given
  }
  const kept = localStorage.getItem(STORAGE_KEY)
  if (!kept) return null
  const register = JSON.parse(kept) as Credentials
  return { ...register, page: readPage(sessionStorage.getItem(PAGE_KEY)) }
}
