import { Clock, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ToStudio } from '@/components/ToStudio'
import { Button } from '@/components/ui/Button'
import { Empty } from '@/components/ui/Empty'

/** Where nothing was found: there is nothing yet, or nothing that matches. */
export function HistoryEmpty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation('history')
  if (filtered)
    return (
      <Empty
        icon={<SearchX />}
        title={t('no_match')}
        hint={t('no_match_hint')}
        action={<Button onClick={onClear}>{t('clear_all')}</Button>}
      />
    )
  return <Empty icon={<Clock />} title={t('nothing_yet')} hint={t('nothing_yet_hint')} action={<ToStudio />} />
}
