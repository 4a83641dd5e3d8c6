import { useTranslation } from 'react-i18next'
import { Tag } from '@/components/ui/Tag'
import type { Task } from '@/lib/data/useTask'
import { seconds } from '@/lib/format'

/** Where the task is, in a few words. */
export function StateChip({ task }: { task: Task }) {
  const { t } = useTranslation('viewer')
  const { t: all } = useTranslation()
  const tone = task.status === 'completed' ? 'good' : task.status === 'failed' ? 'bad' : 'plain'
  const words =
    task.status !== 'completed'
      ? all(`state.${task.status}`)
      : task.cached
        ? t('cached')
        : task.seconds === null
          ? all('state.completed')
          : t('done_in', { time: seconds(task.seconds) })
  return (
    <span className="max-sm:hidden">
      <Tag tone={tone === 'bad' ? 'bad' : 'plain'}>
        {tone === 'good' && <span aria-hidden className="size-1.5 rounded-full bg-good" />}
        {words}
      </Tag>
    </span>
  )
}
