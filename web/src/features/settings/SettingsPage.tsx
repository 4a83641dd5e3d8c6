import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { About } from '@/features/settings/components/About'
import { Elsewhere } from '@/features/settings/components/Elsewhere'
import { Keys } from '@/features/settings/components/Keys'
import { Looks } from '@/features/settings/components/Looks'
import { OwnPresets } from '@/features/settings/components/OwnPresets'
import { Session } from '@/features/settings/components/Session'
import { Usual } from '@/features/settings/components/Usual'

/** What a person chose, on this browser and at the service. */
export function SettingsPage() {
  const { t } = useTranslation('settings')
  return (
    <Page title={t('title')}>
      <div className="mx-auto flex max-w-2xl flex-col gap-4">
        <Looks />
        <Usual />
        <OwnPresets />
        <Session />
        <Elsewhere />
        <Keys />
        <About />
      </div>
    </Page>
  )
}
