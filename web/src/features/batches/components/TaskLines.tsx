import { useVirtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { SubTask } from '../api/getBatchTasks'
import { TaskLine } from './TaskLine'

const LINE = 64

interface TaskLinesProps {
  tasks: readonly SubTask[]
  scroller: RefObject<HTMLDivElement | null>
}

/** The photos of a batch, however many: only those that can be seen are there. */
export function TaskLines({ tasks, scroller }: TaskLinesProps) {
  const { t } = useTranslation('batches')
  const virtual = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    getItemKey: index => tasks[index]?.task_id ?? index,
    overscan: 6,
  })
  return (
    <ul aria-label={t('photos_of')} className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(item => {
        const task = tasks[item.index]
        return (
          task && (
            <li
              key={item.key}
              aria-setsize={tasks.length}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)`, height: LINE }}
              className="absolute inset-x-0 top-0"
            >
              <TaskLine known={task} />
            </li>
          )
        )
      })}
    </ul>
  )
}
