// Chooses between the till and what stands in its place: binding, connecting, no box.

import { Frame, useTexts } from 'kit/preferences.tsx'
import { ErrorPanel, LoadingPanel } from 'kit/states.tsx'
import { useState } from 'react'
import { BackRoomPage } from './back-room/back-room.tsx'
import { BindingPage } from './binding-page.tsx'
import { CustomerDisplay } from './customer-display.tsx'
import { keepCredentials, loadCredentials } from './credentials.ts'
import type { Credentials } from './register-link.ts'
import { SignInPage } from './sign-in-page.tsx'
import { DevicesPage } from './devices/devices-page.tsx'
import { Till } from './till.tsx'
import { useRegister } from './use-register.ts'

type RegisterProps = { credentials: Credentials; onBind: (credentials: Credentials) => void }

function Register({ credentials, onBind }: RegisterProps) {
  const { view, link } = useRegister(credentials)
  const { t } = useTexts()
  if (view.link === 'refused') {
    return <BindingPage refusal={view.refusal} known={credentials} onBind={onBind} />
  }
  if (view.state && credentials.page === 'display') {
    return <CustomerDisplay view={view} state={view.state} />
  }
  if (view.state?.staff_no === '') return <SignInPage state={view.state} />
  if (view.state && credentials.page === 'back_room') {
    return <BackRoomPage view={view} state={view.state} link={link} />
  }
  if (view.state && credentials.page === 'devices') {
    return <DevicesPage view={view} state={view.state} />
  }
  if (view.state) return <Till view={view} state={view.state} link={link} />
  if (view.link === 'lost') {
    return (
      <main className="whole-page">
        <ErrorPanel title={t('register.unreachable')} help={t('register.unreachable_help')} />
      </main>
    )
  }
  return (
    <main className="whole-page">
      <LoadingPanel title={t('register.connecting')} />
    </main>
  )
}

function Binding() {
  const [bound, setBound] = useState(() => ({ credentials: loadCredentials(), times: 0 }))
  const bind = (credentials: Credentials) => {
    keepCredentials(credentials)
    setBound((before) => ({ credentials, times: before.times + 1 }))
  }
  if (!bound.credentials) return <BindingPage refusal={null} known={null} onBind={bind} />
  return <Register key={bound.times} credentials={bound.credentials} onBind={bind} />
}

export function App() {
  return (
    <Frame titleKey="register.title" density="touch">
      <Binding />
    </Frame>
  )
}
