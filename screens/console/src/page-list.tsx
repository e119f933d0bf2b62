// The pages of the console: name in the address, word in the menu, icon, and the code that comes late.

import {
  AuditOutlined,
  BarcodeOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  InboxOutlined,
  LineChartOutlined,
  ShopOutlined,
  SwapOutlined,
} from '@ant-design/icons'
import type { TextKey } from 'kit/text/index.ts'
import { lazy, type ComponentType, type ReactNode } from 'react'
import type { Filters } from './route.ts'

/** `params` are the values of the path's `:names`. */
export type PageProps = { filters: Filters; params: Filters }

export type PageEntry = {
  path: string
  /** The page of the menu that it belongs to, where the first part of the path does not say it. */
  menu?: string
  Page: ComponentType<PageProps>
}

export type MenuEntry = PageEntry & {
  titleKey: TextKey
  icon: ReactNode
}

export const MENU: MenuEntry[] = [
  {
    path: '',
    titleKey: 'console.overview',
    icon: <DashboardOutlined />,
    Page: lazy(() => import('./pages/overview.tsx')),
  },
  {
    path: 'stores',
    titleKey: 'console.stores',
    icon: <ShopOutlined />,
    Page: lazy(() => import('./pages/stores.tsx')),
  },
  {
    path: 'stock',
    titleKey: 'console.stock',
    icon: <InboxOutlined />,
    Page: lazy(() => import('./pages/stock.tsx')),
  },
  {
    path: 'transfers',
    titleKey: 'console.transfers',
    icon: <SwapOutlined />,
    Page: lazy(() => import('./pages/transfers.tsx')),
  },
  {
    path: 'sales',
    titleKey: 'console.sales',
    icon: <LineChartOutlined />,
    Page: lazy(() => import('./pages/sales.tsx')),
  },
  {
    path: 'trial-balance',
    titleKey: 'console.trial_balance',
    icon: <AuditOutlined />,
    Page: lazy(() => import('./pages/trial-balance.tsx')),
  },
  {
    path: 'unknown-codes',
    titleKey: 'console.unknown_codes',
    icon: <BarcodeOutlined />,
    Page: lazy(() => import('./pages/unknown-codes.tsx')),
  },
  {
    path: 'facts',
    titleKey: 'console.facts',
    icon: <FileSearchOutlined />,
    Page: lazy(() => import('./pages/facts.tsx')),
  },
]

/** What the pages of the menu lead to. */
const DETAILS: PageEntry[] = [
  { path: 'stores/:store', Page: lazy(() => import('./pages/store.tsx')) },
  {
    path: 'accounts/:account_code',
    menu: 'trial-balance',
    Page: lazy(() => import('./pages/account.tsx')),
  },
  { path: 'facts/:store/:epoch/:seq', Page: lazy(() => import('./pages/fact.tsx')) },
]

export const PAGES: PageEntry[] = [...MENU, ...DETAILS]
