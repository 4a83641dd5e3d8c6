import { RotateCcw, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { errorText, wordsFor } from '@/lib/api/errors'
import { draftNow, orderOf } from '@/lib/draft'
import { bytes, percent } from '@/lib/format'
import { thumbnails, uploads } from '../uploads/desk'
import type { Upload } from '../uploads/Uploads'
import { Tile } from './Tile'
import { TileTool } from './TileTool'

/** A photo on its way to the service. */
export function UploadTile({ upload }: { upload: Upload }) {
  const { t } = useTranslation('studio')
  const here = useSyncExternalStore(thumbnails.subscribe, () => thumbnails.find(upload.id))
  const { name, state, share, refused } = upload
  const words = {
    waiting: t('tile.waiting'),
    sending: t('tile.sending', { percent: percent(share) }),
    again: upload.trouble && upload.trouble.code !== 'away' ? wordsFor(upload.trouble) : t('tile.again'),
    sent: t(upload.start ? 'tile.starting' : 'tile.sent'),
    refused: t('tile.refused'),
  }[state]
  const retry = () => {
    const draft = draftNow()
    uploads.retry(upload.id, draft ? orderOf(draft) : upload.order)
  }
  return (
    <Tile
      name={name}
      title={upload.folder ? `${upload.folder}/${name}` : name}
      picture={here && <img src={here} alt="" className="size-full object-cover opacity-55" />}
      state={{ words, tone: state === 'refused' ? 'bad' : state === 'again' ? 'amber' : 'plain' }}
      trouble={refused ? { words: errorText(refused.code, refused.message), hint: t('tile.failed_hint') } : null}
      progress={state === 'sending' || state === 'again' ? { share, tone: 'amber' } : null}
      fact={
        state === 'refused' ? (
          <button type="button" onClick={retry} className="font-[550] text-light-text hover:underline">
            {t('common:retry')}
          </button>
        ) : (
          bytes(upload.size)
        )
      }
      tools={
        <>
          {state === 'refused' && <TileTool label={t('tile.retry', { name })} icon={<RotateCcw />} onClick={retry} />}
          <TileTool label={t('tile.remove', { name })} icon={<X />} onClick={() => uploads.remove(upload.id)} />
        </>
      }
    />
  )
}
