import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { wordsFor } from '@/lib/api/errors'

interface TroubleProps {
  error: unknown
  onRetry?: () => void
}

/** Where something could not be loaded: why, and the way out. */
export function Trouble({ error, onRetry }: TroubleProps) {
  const { t } = useTranslation()
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-16 text-center">
      <p className="text-title font-semibold">{t('problem')}</p>
      <p className="text-ink-2">{wordsFor(error)}</p>
      {onRetry && (
        <Button className="mt-3" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
