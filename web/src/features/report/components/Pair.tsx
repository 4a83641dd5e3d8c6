import { useTranslation } from 'react-i18next'
import { Picture } from '@/components/Picture'

interface PairProps {
  before: string | null
  after: string | null
  name: string
  large?: boolean
}

/** Before and after, side by side. */
export function Pair({ before, after, name, large = false }: PairProps) {
  const { t } = useTranslation('report')
  const look = `w-full rounded-sm bg-raised ${large ? 'max-h-[56vh] min-h-40 object-contain' : 'aspect-4/3 object-cover'}`
  return (
    <div className={`grid grid-cols-2 ${large ? 'gap-3' : 'gap-1.5'}`}>
      <figure className="min-w-0">
        <Picture path={before} alt={t('before_alt', { name })} className={look} />
        {large && <figcaption className="mt-1 text-fact text-ink-3">{t('before')}</figcaption>}
      </figure>
      <figure className="min-w-0">
        <Picture path={after} alt={t('after_alt', { name })} className={look} />
        {large && <figcaption className="mt-1 text-fact text-ink-3">{t('after')}</figcaption>}
      </figure>
    </div>
  )
}
