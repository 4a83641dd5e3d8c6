import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/Page'
import { Skeleton } from '@/components/ui/Skeleton'
import { late } from '@/lib/late'
import { Chips } from './components/Chips'
import { DropArea } from './components/DropArea'
import { TableActions } from './components/TableActions'
import { TableWaiting } from './components/TableWaiting'
import { RecipePanel } from './recipe/RecipePanel'
import { useOnTable } from './useOnTable'

const PhotoTable = late(
  () => import('./components/PhotoTable').then(code => code.PhotoTable),
  <div className="min-h-0 flex-1 p-4 md:p-5">
    <TableWaiting />
  </div>,
)
const PreviewBench = late(
  () => import('./preview/PreviewBench').then(code => code.PreviewBench),
  <Skeleton className="m-5 flex-1" />,
)

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
        <PreviewBench subjects={onTable.subjects} onClose={() => setPreviewing(false)} />
      ) : (
        <DropArea large={onTable.empty}>
          <PhotoTable onTable={onTable} />
        </DropArea>
      )}
    </Page>
  )
}
