// A password that somebody else set is changed before anything is shown.

import type { Session } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { GateForm } from './gate-form.tsx'
import { changePassword } from './hub.tsx'

export function PasswordPage({ onChanged }: { onChanged: (session: Session) => void }) {
  const { t } = useTexts()
  return (
    <GateForm
      slogan={t('password.why')}
      title={t('password.title')}
      submitText={t('password.submit')}
      ask={(fields) => changePassword(String(fields.get('old')), String(fields.get('new')))}
      onDone={onChanged}
    >
      <label>
        {t('password.old')}
        <input name="old" type="password" required autoFocus autoComplete="current-password" />
      </label>
      <label>
        {t('password.new')}
        <input name="new" type="password" required minLength={10} autoComplete="new-password" />
      </label>
    </GateForm>
  )
}
