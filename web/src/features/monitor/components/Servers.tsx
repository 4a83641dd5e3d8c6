import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '@/components/ui/Facts'
import { Tag } from '@/components/ui/Tag'
import { Panel } from '@/features/monitor/components/Panel'
import type { Comfy, ComfyServer } from '@/lib/data/useComfy'
import { number, seconds } from '@/lib/format'
import { warningWords } from '@/lib/i18n/warnings'

const TONES = { up: 'good', trying: 'amber', resting: 'bad', unknown: 'plain' } as const

/** The ComfyUI servers that styles are painted on: how each is, and what it lacks. */
export function Servers({ comfy }: { comfy: Comfy }) {
  const { t } = useTranslation('monitor')
  return (
    <Panel
      title={t('servers.title')}
      about={comfy.waiting > 0 ? t('servers.waiting', { count: comfy.waiting }) : undefined}
    >
      <ul className="grid gap-x-8 gap-y-5 md:grid-cols-2 xl:grid-cols-3">
        {comfy.servers.map(server => (
          <Server key={server.name} server={server} />
        ))}
      </ul>
    </Panel>
  )
}

function Server({ server }: { server: ComfyServer }) {
  const { t } = useTranslation('monitor')
  const reason = server.reason.replace(`${server.name}: `, '')
  const lacking = Object.entries(server.lacks)
  return (
    <li className="flex min-w-0 flex-col gap-2 border-t border-line-soft pt-3">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="text-[13px] font-[550] break-all">{server.name}</h3>
          {server.label !== server.name && <p className="text-fact text-ink-3">{server.label}</p>}
        </div>
        <Tag tone={TONES[server.state]} className="shrink-0">
          {t(`servers.states.${server.state}`)}
        </Tag>
      </div>
      {server.state === 'resting' && reason && <p className="text-fact break-words text-bad">{warningWords(reason)}</p>}
      {server.state === 'trying' && <p className="text-fact text-ink-3">{t('servers.trying_hint')}</p>}
      <Facts>
        <Fact name={t('servers.queue')}>
          {t('servers.queue_of', { ours: number(server.ours), all: number(server.running + server.pending) })}
        </Fact>
        <Fact name={t('servers.finished')}>{number(server.finished)}</Fact>
        {server.seconds !== null && <Fact name={t('servers.mean')}>{seconds(server.seconds)}</Fact>}
        {server.failures > 0 && (
          <Fact name={t('servers.failures')}>{t('servers.failures_of', { count: server.failures })}</Fact>
        )}
        {server.version && <Fact name={t('servers.version')}>{server.version}</Fact>}
        {server.devices.length > 0 && <Fact name={t('servers.devices')}>{server.devices.join(', ')}</Fact>}
      </Facts>
      {lacking.map(([workflow, lacks]) => (
        <div key={workflow} className="text-fact text-amber">
          <p>{t('servers.lacks', { workflow })}</p>
          <ul className="list-disc pl-4">
            {lacks.map(one => (
              <li key={one} className="break-words">
                {warningWords(one)}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </li>
  )
}
