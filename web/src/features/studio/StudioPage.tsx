import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Skeleton } from '@/components/ui/Skeleton'
import { Chips } from './components/Chips'
import { DropArea } from './components/DropArea'
import { PhotoTable } from './components/PhotoTable'
import { TableActions } from './components/TableActions'
import { RecipePanel } from './recipe/RecipePanel'
import { useOnTable } from './useOnTable'

const PreviewBench = lazy(() => import('./preview/PreviewBench'))

/** Where photos come in: on the left the photos, on the right what will happen to them. */
export function StudioPage() {
  const { t } = useTranslation('studio')
  const onTable = useOnTable()
  const [previewing, setPreviewing] = useState(false)
  const seen = previewing && onTable.subjects.length > 0
  return (
    <Page
      title={t('common:places.studio')}
      chips={<Chips summary={onTable.summary} />}
      actions={<TableActions onTable={onTable} />}
      asideTitle={t('what')}
      fixed
      aside={<RecipePanel onTable={onTable} previewing={seen} onPreview={() => setPreviewing(!seen)} />}
    >
      {seen ? (
        <Suspense fallback={<Skeleton className="m-5 flex-1" />}>
          <PreviewBench subjects={onTable.subjects} onClose={() => setPreviewing(false)} />
        </Suspense>
      ) : (
        <DropArea large={onTable.empty}>
          <PhotoTable onTable={onTable} />
        </DropArea>
      )}
    </Page>
  )
}
