import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/components/ui/IconButton'
import type { BatchPhoto } from '@/features/report/api/getBatchPhotos'
import { Pair } from '@/features/report/components/Pair'
import { pageOf } from '@/features/report/failures'
import { useTask } from '@/lib/data/useTask'
import { number, seconds, size } from '@/lib/format'
import { resultOf } from '@/lib/made/result'

const PAGE = 24

/** All photos before and after; large batches page by page. */
export function Photos({ photos }: { photos: readonly BatchPhoto[] }) {
  const { t } = useTranslation('report')
  const [page, setPage] = useState(0)
  const pages = Math.max(1, Math.ceil(photos.length / PAGE))
  const here = Math.min(page, pages - 1)
  return (
    <section>
      <div className="flex min-h-9 items-center justify-between gap-3 pb-2">
        <h3 className="font-semibold text-ink-2">{t('all_photos')}</h3>
        {pages > 1 && (
          <div className="flex items-center gap-1">
            <IconButton
              label={t('earlier')}
              icon={<ChevronLeft className="size-4" />}
              off={here === 0 && t('first_page')}
              className="print:hidden"
              onClick={() => setPage(here - 1)}
            />
            <span role="status" className="text-fact text-ink-3">
              {t('page_of', { page: number(here + 1), pages: number(pages) })}
              <span className="hidden print:inline"> · {t('pdf_has_all')}</span>
            </span>
            <IconButton
              label={t('later')}
              icon={<ChevronRight className="size-4" />}
              off={here === pages - 1 && t('last_page')}
              className="print:hidden"
              onClick={() => setPage(here + 1)}
            />
          </div>
        )}
      </div>
      <ol className="grid gap-x-5 gap-y-6 sm:grid-cols-2 xl:grid-cols-3 print:grid-cols-3">
        {pageOf(photos, here, PAGE).map((one, at) => (
          <Entry key={one.task_id} photo={one} number={here * PAGE + at + 1} />
        ))}
      </ol>
    </section>
  )
}

function Entry({ photo, number: place }: { photo: BatchPhoto; number: number }) {
  const { t } = useTranslation()
  const { data: task } = useTask(photo.task_id)
  const result = task ? resultOf(task) : null
  const facts = task
    ? [
        task.input_width && task.input_height && size(task.input_width, task.input_height),
        result && `→ ${size(result.width, result.height)}`,
        task.seconds !== null && `· ${seconds(task.seconds)}`,
      ]
        .filter(Boolean)
        .join(' ')
    : ''
  return (
    <li className="min-w-0 break-inside-avoid">
      <Pair name={photo.filename} before={task?.original_thumbnail_url ?? null} after={task?.thumbnail_url ?? null} />
      <p className="mt-1.5 flex gap-2 text-[13px]">
        <span className="shrink-0 text-ink-3">{number(place)}</span>
        <Link
          to="/photos/$taskId"
          params={{ taskId: photo.task_id }}
          className="min-w-0 truncate font-[550] hover:underline"
        >
          {photo.filename}
        </Link>
        {task && task.status !== 'completed' && (
          <span className={`ml-auto shrink-0 ${task.status === 'failed' ? 'text-bad' : 'text-ink-3'}`}>
            {t(`state.${task.status}`)}
          </span>
        )}
      </p>
      <p className="min-h-[19px] truncate text-fact text-ink-3">{facts || ' '}</p>
    </li>
  )
}
