// Signed in or not: the shell with its pages, or the sign-in page.

import { App as AntApp } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, Session } from 'kit/api-types.ts'
import { Frame, useTexts } from 'kit/preferences.tsx'
import { ErrorPanel, LoadingPanel } from 'kit/states.tsx'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { readSession, SignedInContext } from './hub.tsx'
import { PasswordPage } from './password-page.tsx'
import { Shell } from './shell.tsx'
import { SignInPage } from './sign-in-page.tsx'

type Gate =
  | { kind: 'asking' }
  | { kind: 'failed'; refusal: Refusal }
  | { kind: 'signed_out' }
  | { kind: 'signed_in'; session: Session }

async function findGate(): Promise<Gate> {
  try {
    const session = await readSession()
    return session ? { kind: 'signed_in', session } : { kind: 'signed_out' }
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'failed', refusal: error.refusal }
    throw error
  }
}

function SignedIn({ session, leave }: { session: Session; leave: () => void }) {
  const signedIn = useMemo(() => ({ session, leave }), [session, leave])
  return (
    <SignedInContext value={signedIn}>
      <Shell />
    </SignedInContext>
  )
}

function Console() {
  const { t, detailOf } = useTexts()
  const [gate, setGate] = useState<Gate>({ kind: 'asking' })
  const enter = useCallback((session: Session) => setGate({ kind: 'signed_in', session }), [])
  const leave = useCallback(() => setGate({ kind: 'signed_out' }), [])
  const isAsking = gate.kind === 'asking'
  useEffect(() => {
    if (isAsking) void findGate().then(setGate)
  }, [isAsking])
  switch (gate.kind) {
    case 'asking':
      return <LoadingPanel />
    case 'failed': {
      const retry = () => setGate({ kind: 'asking' })
      return <ErrorPanel title={t('problem.title')} help={detailOf(gate.refusal)} onRetry={retry} />
    }
    case 'signed_out':
      return <SignInPage onSignedIn={enter} />
    case 'signed_in':
      if (gate.session.must_change_password) return <PasswordPage onChanged={enter} />
      return <SignedIn session={gate.session} leave={leave} />
  }
}

export function App() {
  return (
    <Frame titleKey="console.title" density="dense">
      <AntApp>
        <Console />
      </AntApp>
    </Frame>
  )
}
