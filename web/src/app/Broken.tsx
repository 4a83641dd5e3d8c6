import { SearchX, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ToStudio } from '@/components/ToStudio'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'

export function Broken() {
  const { t } = useTranslation()
  return (
    <Empty
      icon={<TriangleAlert />}
      title={t('page_broke')}
      hint={t('page_broke_hint')}
      action={<Button onClick={() => window.location.reload()}>{t('reload')}</Button>}
    />
  )
}

export function Nowhere() {
  const { t } = useTranslation()
  return <Empty icon={<SearchX />} title={t('nothing_here')} hint={t('nothing_here_hint')} action={<ToStudio />} />
}
