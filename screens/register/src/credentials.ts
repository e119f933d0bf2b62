// Which register this page is: from the binding link, kept on this machine.

import type { Credentials } from './register-link.ts'

const STORAGE_KEY = 'liushui.register'

/** Read `#register_no=1&token=...`, with `&page=back_room` for a phone between the shelves. The fragment never leaves the browser, so no log has the token. */
export function readFragment(fragment: string): Credentials | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  const registerNo = fields.get('register_no')
  const token = fields.get('token')
  if (!registerNo || !token) return null
  const page = fields.get('page') === 'back_room' ? 'back_room' : 'till'
  return { register_no: registerNo, token, page }
}

export function keepCredentials(credentials: Credentials): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(credentials))
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
  return kept ? (JSON.parse(kept) as Credentials) : null
}
