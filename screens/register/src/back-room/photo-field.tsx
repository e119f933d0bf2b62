// Takes one photo: the camera's picture is made small on the page, and the box keeps it before it is named.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { KeptPhoto, Refusal } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { refuse } from 'kit/text/index.ts'
import { useState } from 'react'
import { askStore } from '../store-api.ts'

/** Enough to see a broken seal; some 300 kB. */
const SIDE_PX_MAX = 1_600
const JPEG_QUALITY = 0.8

/** The picture as a JPEG that is no larger than it has to be; null when it is no picture. */
async function shrink(file: Blob): Promise<Blob | null> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    return null
  }
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(bitmap.width * scale)
  canvas.height = Math.round(bitmap.height * scale)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY))
}

export type Photo = { photo_sha256: string; picture: string }

type PhotoFieldProps = {
  photo: Photo | null
  onPhoto: (photo: Photo | null) => void
  onRefuse: (refusal: Refusal | null) => void
}

function readPicture(blob: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.readAsDataURL(blob)
  })
}

/** Optional; a photo that can't be kept is refused in words and stops nobody. */
export function PhotoField({ photo, onPhoto, onRefuse }: PhotoFieldProps) {
  const { t } = useTexts()
  const [isSending, setSending] = useState(false)
  const take = async (file: File | undefined) => {
    if (!file) return
    onRefuse(null)
    setSending(true)
    try {
      const body = await shrink(file)
      if (!body) return onRefuse(refuse('no_photo', 'photo.none'))
      const kept = await askStore<KeptPhoto>('photos', { method: 'POST', body })
      onPhoto({ ...kept, picture: await readPicture(body) })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      onRefuse(error.refusal)
    } finally {
      setSending(false)
    }
  }
  if (photo) {
    return (
      <div className="photo">
        <img src={photo.picture} alt={t('photo.alt')} />
        <Button onClick={() => onPhoto(null)}>{t('photo.remove')}</Button>
      </div>
    )
  }
  return (
    <label>
      {t('photo.take')}
      <input
        type="file"
        accept="image/*"
        capture="environment"
        disabled={isSending}
        onChange={(event) => void take(event.target.files?.[0])}
      />
    </label>
  )
}
