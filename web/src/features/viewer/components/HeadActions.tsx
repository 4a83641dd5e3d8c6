import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Download, Ellipsis, FileText, Pin, PinOff, SlidersHorizontal, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { buttonLook } from '@/components/ui/buttonLook'
import { Confirm } from '@/components/ui/Confirm'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { keys } from '@/lib/api/keys'
import { deleteTask } from '@/lib/calls/deleteTask'
import { getTask } from '@/lib/calls/getTask'
import { pinTask } from '@/lib/calls/pinTask'
import type { Task } from '@/lib/data/useTask'
import { draftOfTask, setDraft } from '@/lib/draft'
import { toast } from '@/lib/toasts'

interface HeadActionsProps {
  task: Task
  onDownload: () => void
  /** It is gone: where to go now. */
  onDeleted: () => void
}

/** What can be done with the photo: all in sight where there is room, the rest in a menu on phones. */
export function HeadActions({ task, onDownload, onDeleted }: HeadActionsProps) {
  const { t } = useTranslation('viewer')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const ended = !['pending', 'processing'].includes(task.status)
  const pin = useMutation({
    mutationFn: () => pinTask(task.task_id, !task.pinned),
    onSuccess: now => {
      queries.setQueryData(keys.task(task.task_id), now)
      toast(now.pinned ? t('pinned') : t('unpinned'))
    },
  })
  const remove = useMutation({
    mutationFn: () => deleteTask(task.task_id),
    onSuccess: () => {
      onDeleted()
      for (const queryKey of [keys.lists(), keys.batches(), keys.sums(), ['strip']])
        void queries.invalidateQueries({ queryKey })
      toast(t('deleted', { name: task.filename }))
    },
  })
  const use = useMutation({
    // What a list has told of the task has long texts cut short.
    mutationFn: () => getTask(task.task_id),
    onSuccess: whole => {
      setDraft(draftOfTask(whole.params))
      toast(t('settings_taken'))
      void navigate({ to: '/' })
    },
  })
  const pinIcon = task.pinned ? <PinOff className="size-4" /> : <Pin className="size-4" />
  const pinWords = task.pinned ? t('unpin') : t('pin')
  const report = { to: '/reports/photos/$taskId', params: { taskId: task.task_id } } as const
  return (
    <>
      <div className="hidden items-center gap-2 md:flex">
        <IconButton
          label={pinWords}
          icon={pinIcon}
          aria-pressed={task.pinned}
          busy={pin.isPending}
          onClick={() => pin.mutate()}
        />
        <IconButton
          label={t('common:delete')}
          icon={<Trash2 className="size-4" />}
          off={!ended && t('delete_later')}
          busy={remove.isPending}
          onClick={() => setAsking(true)}
        />
        <Button look="ghost" busy={use.isPending} onClick={() => use.mutate()}>
          {t('use_settings')}
        </Button>
        <Link {...report} className={buttonLook('plain')}>
          {t('report')}
        </Link>
      </div>
      <div className="md:hidden">
        <Menu
          items={[
            { label: t('use_settings'), icon: <SlidersHorizontal className="size-4" />, onSelect: () => use.mutate() },
            { label: t('report'), icon: <FileText className="size-4" />, onSelect: () => void navigate(report) },
            { label: pinWords, icon: pinIcon, onSelect: () => pin.mutate() },
            ...(ended
              ? [
                  {
                    label: t('common:delete'),
                    icon: <Trash2 className="size-4" />,
                    danger: true,
                    onSelect: () => setAsking(true),
                  },
                ]
              : []),
          ]}
        >
          <Button
            look="ghost"
            aria-label={t('common:more')}
            className="w-9 px-0!"
            icon={<Ellipsis className="size-5" />}
          />
        </Menu>
      </div>
      {task.result_url && (
        <Button
          look="primary"
          aria-label={t('common:download')}
          onClick={onDownload}
          icon={<Download aria-hidden className="size-4" />}
        >
          <span className="max-sm:hidden">{t('common:download')}</span>
        </Button>
      )}
      <Confirm
        open={asking}
        title={t('delete_title', { name: task.filename })}
        about={t('delete_about')}
        action={t('common:delete')}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
