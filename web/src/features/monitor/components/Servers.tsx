import { useTranslation } from 'react-i18next'
import { Panel } from '@/features/monitor/components/Panel'

/** The ComfyUI servers that styles are painted on. */
export function Servers({ servers }: { servers: readonly string[] }) {
  const { t } = useTranslation('monitor')
  if (servers.length === 0) return null
  return (
    <Panel title={t('servers.title')}>
      <ul className="divide-y divide-line-soft text-[13px]">
        {servers.map(server => (
          <li key={server} className="py-1.5 break-all">
            {server}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
