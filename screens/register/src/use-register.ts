// The view of this register, kept in step with the box while the page is open.

import { openWebSocket } from 'kit/socket.ts'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { RegisterLink, type Credentials } from './register-link.ts'
import type { View } from './view.ts'

function boxSocketUrl(): string {
  return new URL('ws', location.href.replace(/^http/, 'ws').replace(/#.*/, '')).href
}

/** The link is the same for the life of the component; give the component a key per credentials. */
export function useRegister(credentials: Credentials): { view: View; link: RegisterLink } {
  const [link] = useState(() => new RegisterLink(credentials, () => openWebSocket(boxSocketUrl())))
  useEffect(() => {
    link.start()
    return link.stop
  }, [link])
  const view = useSyncExternalStore(link.watch, link.read)
  return { view, link }
}
