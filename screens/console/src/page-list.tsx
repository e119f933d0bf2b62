// The pages of the console: name in the address, word in the menu, icon, and the code that comes late.

import {
  AuditOutlined,
  DashboardOutlined,
  InboxOutlined,
  LineChartOutlined,
  ShopOutlined,
  SwapOutlined,
} from '@ant-design/icons'
import type { TextKey } from 'kit/text/index.ts'
import { lazy, type ComponentType, type ReactNode } from 'react'
import type { Filters } from './route.ts'

export type PageProps = { filters: Filters }

export type PageEntry = {
  path: string
  titleKey: TextKey
  icon: ReactNode
  Page: ComponentType<PageProps>
}

export const PAGES: PageEntry[] = [
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
]
