import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Section } from '@/features/settings/components/Section'
import { base } from '@/lib/api/place'
import { useHealth } from '@/lib/data/useHealth'

const LINK = 'font-[550] text-light-text hover:underline'

export function About() {
  const { t } = useTranslation('settings')
  const version = useHealth().data?.version
  return (
    <Section title={t('about.title')}>
      <div className="flex flex-col gap-1 text-[13px] text-ink-2">
        <p className="font-semibold text-ink">{version ? t('about.version', { version }) : t('common:app')}</p>
        <p>{t('about.words')}</p>
        <p>{t('about.licence')}</p>
      </div>
      <p className="flex flex-wrap gap-x-5 gap-y-1 text-[13px]">
        <a href={`${base()}/docs`} className={LINK}>
          {t('about.docs')}
        </a>
        <Link to="/models" className={LINK}>
          {t('about.models')}
        </Link>
      </p>
    </Section>
  )
}
