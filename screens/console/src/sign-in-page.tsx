// Who are you? Nothing of the chain is shown before the hub knows.

import type { Session } from 'kit/api-types.ts'
import { PreferenceSwitches } from 'kit/preference-switches.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { GateForm } from './gate-form.tsx'
import { signIn } from './hub.tsx'

function Flow() {
  return (
    <svg
      className="sign-in-flow"
      viewBox="0 0 600 768"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden
    >
      {[0, 1, 2, 3, 4, 5, 6].map((line) => (
        <path
          key={line}
          d={`M-20 ${470 + line * 46}C220 ${470 + line * 46} 260 640 640 ${628 + line * 7}`}
          fill="none"
          stroke="#4d9bff"
          strokeOpacity={0.5 - line * 0.055}
          strokeWidth="2.5"
        />
      ))}
    </svg>
  )
}

export function SignInPage({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const { t } = useTexts()
  return (
    <GateForm
      slogan={t('sign_in.slogan')}
      title={t('sign_in.title')}
      submitText={t('sign_in.submit')}
      ask={(fields) => signIn(String(fields.get('user_name')), String(fields.get('password')))}
      onDone={onSignedIn}
      picture={<Flow />}
      corner={
        <div className="sign-in-switches">
          <PreferenceSwitches />
        </div>
      }
    >
      <label>
        {t('sign_in.user_name')}
        <input name="user_name" required autoFocus autoComplete="username" />
      </label>
      <label>
        {t('sign_in.password')}
        <input name="password" type="password" required autoComplete="current-password" />
      </label>
    </GateForm>
  )
}
