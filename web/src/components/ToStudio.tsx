import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { buttonLook } from '@/components/ui/buttonLook'

/** The way to the studio, where there is nothing else to do. */
export function ToStudio() {
  const { t } = useTranslation()
  return (
    <Link to="/" className={buttonLook('primary')}>
      {t('to_studio')}
    </Link>
  )
}
