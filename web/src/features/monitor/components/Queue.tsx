import { Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { useSetPaused } from '@/features/monitor/api/setPaused'
import { Panel } from '@/features/monitor/components/Panel'
import type { Schemas } from '@/lib/api/client'
import { useMay } from '@/lib/data/useSession'

/** Whether work is handed out, and the switch for it. */
export function Queue({ stats }: { stats: Schemas['Stats'] }) {
  const { t } = useTranslation('monitor')
  const set = useSetPaused()
  const [asking, setAsking] = useState(false)
  const off = useMay('operate') ? null : t('common:not_allowed.operate')
  return (
    <Panel title={t('queue.title')}>
      <p role="status" className={stats.paused ? 'font-[550] text-amber' : 'text-ink-2'}>
        {t(stats.paused ? 'queue.paused' : 'queue.goes')}
        {stats.paused && <span className="block text-fact font-normal text-ink-3">{t('queue.paused_hint')}</span>}
      </p>
      <div className="mt-auto pt-4">
        {stats.paused ? (
          <Button
            look="primary"
            icon={<Play aria-hidden className="size-4" />}
            busy={set.isPending}
            off={off}
            onClick={() => set.mutate(false)}
          >
            {t('queue.resume')}
          </Button>
        ) : (
          <Button
            icon={<Pause aria-hidden className="size-4" />}
            busy={set.isPending}
            off={off}
            onClick={() => setAsking(true)}
          >
            {t('queue.pause')}
          </Button>
        )}
      </div>
      <Confirm
        open={asking}
        title={t('queue.pause_title')}
        about={t('queue.pause_about')}
        action={t('queue.pause')}
        onConfirm={() => set.mutate(true)}
        onClose={() => setAsking(false)}
      />
    </Panel>
  )
}
