import { Check, RotateCcw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { IconButton } from '@/components/ui/IconButton'
import { number } from '@/lib/format'

interface SelectionBarProps {
  count: number
  onDecide: (keep: boolean | null) => void
  onClear: () => void
}

/** What can be done with the photos that are chosen. */
export function SelectionBar({ count, onDecide, onClear }: SelectionBarProps) {
  const { t } = useTranslation('datasets')
  if (count === 0) return null
  return (
    <div
      role="toolbar"
      aria-label={t('chosen', { count, shown: number(count) })}
      className="absolute bottom-4 left-1/2 z-20 flex max-w-[calc(100%-24px)] -translate-x-1/2 flex-wrap items-center justify-center gap-2 rounded-md border border-line bg-raised px-3 py-2 shadow-card"
    >
      <span className="px-1 text-[13px]">{t('chosen', { count, shown: number(count) })}</span>
      <Button small icon={<Check className="size-4" />} onClick={() => onDecide(true)}>
        {t('keep')}
      </Button>
      <Button small icon={<X className="size-4" />} onClick={() => onDecide(false)}>
        {t('drop_it')}
      </Button>
      <Button small icon={<RotateCcw className="size-4" />} onClick={() => onDecide(null)}>
        {t('automatic')}
      </Button>
      <IconButton small label={t('clear_chosen')} icon={<X className="size-4" />} onClick={onClear} />
    </div>
  )
}
