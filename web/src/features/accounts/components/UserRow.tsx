import { useNavigate } from '@tanstack/react-router'
import { Ban, Ellipsis, Link2, ScrollText, UserCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '@/components/ui/Confirm'
import { IconButton } from '@/components/ui/IconButton'
import { Menu } from '@/components/ui/Menu'
import { Select } from '@/components/ui/Select'
import { Tag } from '@/components/ui/Tag'
import { type Role, type User, useChangeUser } from '@/features/accounts/api/users'
import { NewLink } from '@/features/accounts/components/NewLink'
import { ROLES } from '@/features/accounts/roles'
import { useSession } from '@/lib/data/useSession'
import { time } from '@/lib/format'
import { toast } from '@/lib/toasts'

type Asked = { what: 'role'; role: Role } | { what: 'disable' } | { what: 'link' } | null

/** Somebody who may sign in: their role, and what can be done about them. */
export function UserRow({ user }: { user: User }) {
  const { t } = useTranslation('accounts')
  const navigate = useNavigate()
  const me = useSession().data?.user === user.name
  const [asked, setAsked] = useState<Asked>(null)
  const change = useChangeUser()
  const { name, disabled } = user
  const setDisabled = (wanted: boolean) =>
    change.mutate(
      { name, disabled: wanted },
      { onSuccess: () => toast(t(wanted ? 'users.disabled_now' : 'users.enabled_now', { name })) },
    )
  const setRole = (role: Role) =>
    change.mutate({ name, role }, { onSuccess: () => toast(t('users.role_now', { name, role: t(`roles.${role}`) })) })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <h2 className="flex flex-wrap items-center gap-2 font-[550]">
          <span className={disabled ? 'break-all text-ink-3' : 'break-all'}>{name}</span>
          {me && <Tag tone="good">{t('users.you')}</Tag>}
          {disabled && <Tag tone="amber">{t('users.disabled')}</Tag>}
        </h2>
        <p className="text-fact text-ink-3">
          {!user.has_password
            ? t('users.no_password')
            : user.signed_in_at
              ? t('users.seen', { at: time(user.signed_in_at) })
              : t('users.never')}
          {' · '}
          {t('users.since', { at: time(user.created_at) })}
        </p>
      </div>
      <div className="flex items-center gap-1">
        <div className="w-36">
          <Select
            bare
            label={t('users.role_of', { name })}
            value={user.role}
            choices={ROLES.map(value => ({ value, label: t(`roles.${value}`) }))}
            onChange={value => {
              const role = ROLES.find(one => one === value)
              if (role) setAsked({ what: 'role', role })
            }}
          />
        </div>
        <Menu
          items={[
            {
              label: t('users.link'),
              icon: <Link2 aria-hidden className="size-4 text-ink-3" />,
              onSelect: () => setAsked({ what: 'link' }),
            },
            {
              label: t('users.what'),
              icon: <ScrollText aria-hidden className="size-4 text-ink-3" />,
              onSelect: () => void navigate({ to: '/audit', search: { who: name, what: '' } }),
            },
            disabled
              ? {
                  label: t('users.enable'),
                  icon: <UserCheck aria-hidden className="size-4 text-ink-3" />,
                  onSelect: () => setDisabled(false),
                }
              : {
                  label: t('users.disable'),
                  icon: <Ban aria-hidden className="size-4" />,
                  danger: true,
                  onSelect: () => setAsked({ what: 'disable' }),
                },
          ]}
        >
          <IconButton
            small
            label={t('users.more', { name })}
            busy={change.isPending}
            icon={<Ellipsis className="size-4" />}
          />
        </Menu>
      </div>
      <Confirm
        open={asked?.what === 'disable'}
        title={t('users.disable_title', { name })}
        about={t('users.disable_about')}
        action={t('users.disable')}
        onConfirm={() => setDisabled(true)}
        onClose={() => setAsked(null)}
      />
      <Confirm
        open={asked?.what === 'role'}
        title={asked?.what === 'role' ? t('users.role_title', { name, role: t(`roles.${asked.role}`) }) : ''}
        about={asked?.what === 'role' ? t(`role_about.${asked.role}`) : ''}
        action={t('users.role_change')}
        onConfirm={() => asked?.what === 'role' && setRole(asked.role)}
        onClose={() => setAsked(null)}
      />
      {asked?.what === 'link' && <NewLink user={name} role={user.role} onClose={() => setAsked(null)} />}
    </li>
  )
}
