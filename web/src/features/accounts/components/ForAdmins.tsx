import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/components/ui/Empty'
import { useMay } from '@/lib/data/useSession'

/** What only admins see; others are told so. */
export function ForAdmins({ children }: { children: ReactNode }) {
  const { t } = useTranslation('accounts')
  return useMay('admin') ? children : <Empty title={t('for_admins')} hint={t('for_admins_hint')} />
}
