import clsx from 'clsx'
import { Check as Hook } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Acts } from '../acts'

interface CheckProps {
  id: string
  name: string
  chosen: boolean
  acts: Acts
  onPhoto?: boolean
}

/** Chooses a photo; with shift, all up to it. */
export function Check({ id, name, chosen, acts, onPhoto = false }: CheckProps) {
  const { t } = useTranslation('history')
  return (
    // biome-ignore lint/a11y/useSemanticElements: a range needs the key that was held, which a change does not tell
    <button
      type="button"
      role="checkbox"
      aria-checked={chosen}
      aria-label={t('choose', { name })}
      tabIndex={-1}
      onClick={event => {
        event.stopPropagation()
        acts.choose(id, event.shiftKey)
      }}
      className="grid size-8 place-items-center"
    >
      <span
        className={clsx(
          'grid size-5 place-items-center rounded-[5px] border transition-colors',
          chosen
            ? 'border-transparent bg-light text-on-light'
            : onPhoto
              ? 'border-[#f4efe8cc] bg-[#0d0b0a99]'
              : 'border-line bg-raised hover:border-ink-3',
        )}
      >
        {chosen && <Hook aria-hidden className="size-3.5" strokeWidth={3} />}
      </span>
    </button>
  )
}
