import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { Dialog } from '@/components/ui/Dialog'
import { Progress } from '@/components/ui/Progress'
import { number } from '@/lib/format'
import { type Left, removeAll } from '../removing'
import type { Row } from '../rows'

interface DeleteDialogProps {
  /** What is to be deleted; `null` while there is nothing to ask. */
  rows: readonly Row[] | null
  onClose: () => void
  /** These are gone. */
  onGone: (ids: readonly string[]) => void
}

/** Asks, deletes one after the other, and tells what stayed and why. */
export function DeleteDialog({ rows, onClose, onGone }: DeleteDialogProps) {
  const { t } = useTranslation('history')
  const [work, setWork] = useState<{ total: number; done: number; left: Left[] } | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])

  const begin = async (chosen: readonly Row[]) => {
    const control = new AbortController()
    stop.current = control
    setWork({ total: chosen.length, done: 0, left: [] })
    const left = await removeAll(chosen, {
      signal: control.signal,
      onGone: id => onGone([id]),
      onStep: done => setWork(now => now && { ...now, done }),
    })
    setWork(left.length > 0 ? { total: chosen.length, done: chosen.length, left } : null)
  }
  const [one] = rows ?? []
  const count = rows?.length ?? 0
  return (
    <>
      <Confirm
        open={rows !== null}
        title={
          count === 1 ? t('delete_one', { name: one?.name ?? '' }) : t('delete_many', { count, shown: number(count) })
        }
        about={t('delete_about', { count })}
        action={t('common:delete')}
        onClose={onClose}
        onConfirm={() => rows && void begin(rows)}
      />
      {/* A single one is gone at once. */}
      {work && (work.left.length > 0 || work.total > 1) && (
        <Dialog
          open
          title={work.left.length > 0 ? t('stayed', { count: work.left.length }) : t('deleting')}
          about={t('deleted_of', { done: number(work.done - work.left.length), total: number(work.total) })}
          onClose={() => {
            stop.current?.abort()
            setWork(null)
          }}
          actions={
            <Button
              onClick={() => {
                stop.current?.abort()
                setWork(null)
              }}
            >
              {work.left.length > 0 ? t('common:close') : t('stop_deleting')}
            </Button>
          }
        >
          {work.left.length > 0 ? (
            <ul className="max-h-60 overflow-y-auto text-[13px]">
              {work.left.map(({ row, why }) => (
                <li key={row.id} className="border-t border-line-soft py-1.5 first:border-t-0">
                  <b className="font-[550]">{row.name}</b> <span className="text-ink-2">{why}</span>
                </li>
              ))}
            </ul>
          ) : (
            <Progress label={t('deleting')} share={work.done / work.total} />
          )}
        </Dialog>
      )}
    </>
  )
}
