// The frame of every page: menu on the left, who is signed in on top, the page itself.

import { LogoutOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { PreferenceSwitches } from 'kit/preference-switches.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { EmptyPanel, LoadingPanel } from 'kit/states.tsx'
import { Suspense } from 'react'
import { signOut, useSignedIn } from './hub.tsx'
import { Mark } from './mark.tsx'
import { MENU, PAGES } from './page-list.tsx'
import { mayOpen } from './rights.ts'
import { fragmentOf, matchPath, useRoute } from './route.ts'

/** On a phone the menu is wider than the screen. */
function showLink(link: HTMLAnchorElement | null) {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

function Menu({ current }: { current: string }) {
  const { t } = useTexts()
  const { session } = useSignedIn()
  return (
    <nav className="menu" aria-label={t('console.menu')}>
      {MENU.filter((entry) => mayOpen(session, entry.path)).map((entry) => (
        <a
          key={entry.path}
          href={fragmentOf({ path: entry.path, filters: {} })}
          aria-current={entry.path === current ? 'page' : undefined}
          ref={entry.path === current ? showLink : undefined}
        >
          {entry.icon}
          {t(entry.titleKey)}
        </a>
      ))}
    </nav>
  )
}

function TopBar() {
  const { t, nameOf } = useTexts()
  const { session, leave } = useSignedIn()
  const goOut = async () => {
    await signOut()
    leave()
  }
  return (
    <header className="top-bar">
      <Mark sizePx={30} />
      <b>{t('console.title')}</b>
      <span className="spring" />
      <PreferenceSwitches />
      <span className="user">
        <span className="user-initial" aria-hidden>
          {session.display_name.slice(0, 1)}
        </span>
        <span>
          {session.display_name}
          <small>{nameOf({ name: session.role_name, name_en: session.role_name_en })}</small>
        </span>
      </span>
      <Button
        type="text"
        icon={<LogoutOutlined />}
        aria-label={t('console.sign_out')}
        title={t('console.sign_out')}
        onClick={() => void goOut()}
      />
    </header>
  )
}

function findPage(path: string) {
  for (const { path: pattern, menu = path.split('/')[0], Page } of PAGES) {
    const params = matchPath(pattern, path)
    if (params) return { Page, params, menu }
  }
  return null
}

export function Shell() {
  const { t } = useTexts()
  const { session } = useSignedIn()
  const { path: asked, filters } = useRoute()
  const first = MENU.find((candidate) => mayOpen(session, candidate.path))
  // Who may not see the first page begins with the first that is theirs.
  const path = asked === '' ? (first?.path ?? '') : asked
  const found = mayOpen(session, path) ? findPage(path) : null
  return (
    <div className="shell">
      <TopBar />
      <Menu current={found?.menu ?? ''} />
      <main className="page">
        <Suspense fallback={<LoadingPanel />}>
          {found ? (
            <found.Page key={path} filters={filters} params={found.params} />
          ) : (
            <EmptyPanel title={t('console.not_found')} help={t('console.not_found_help')} />
          )}
        </Suspense>
      </main>
    </div>
  )
}
