import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '@/lib/i18n'
import { warningWords } from '@/lib/i18n/warnings'
import { words as zh } from '@/lib/i18n/zh'

const MISSING =
  'the weights of x4plus are not in /data/models: needed: x4.pth [67 bytes, SHA-256 4fa0] from https://a.example/x4.pth; ' +
  'tried: https://a.example/x4.pth: no route'
const LICENCE =
  'gfpgan (GFPGAN.pth [3 bytes, SHA-256 e2cd] from https://a.example/g.pth) is under NC-1, which is not for commercial ' +
  'use and has to be accepted first'

const SAID: readonly (readonly [string, string])[] = [
  ['The EXIF data is damaged and was left out.', 'EXIF 数据已损坏，未保留。'],
  ['JPEG has no transparency; the photo was laid on white.', 'JPEG 不支持透明，照片已铺在白色背景上。'],
  ['JPEG has no place for 70,000 bytes of XMP data; it was left out.', 'JPEG 放不下 70,000 字节的 XMP 数据，未保留。'],
  ['毕业 照.jpg is really a PNG file and was opened as one.', '毕业 照.jpg 实际上是 PNG 文件，已按此格式打开。'],
  ['The CMYK colours were converted to sRGB by its own profile.', 'CMYK 色彩已按照片自带的配置文件转换为 sRGB。'],
  ['Only the first page was used; 1 more page was left out.', '只使用了第一页，其余 1 页未使用。'],
  ['Only the first page was used; 12 more pages were left out.', '只使用了第一页，其余 12 页未使用。'],
  ['x4plus cannot be had here, x4v3 is used instead', '这里没有 x4plus，改用 x4v3。'],
  ['x4plus cannot be had here, x4v3 is used instead: no file', '这里没有 x4plus，改用 x4v3：no file'],
  [
    'dctnet is unverified: it could not be tried with its real weights so far',
    'dctnet 未经实测：还没有机会用它真正的模型文件试过。',
  ],
  [
    'cartoonize: no face was found; only the network for scenes painted',
    '卡通化：没有找到人脸，只用了绘制场景的网络。',
  ],
  [`x4plus cannot be had here, x4v3 is used instead: ${MISSING}`, '这里没有 x4plus，改用 x4v3：没有 x4plus 的模型文件'],
  [MISSING, '没有 x4plus 的模型文件'],
  [LICENCE, 'gfpgan 的许可（NC-1）不允许商用，需要先接受'],
  ['given up after 3 tries: paint:8188 has lost the task', '尝试 3 次后放弃：paint:8188 丢失了任务'],
  ['restore_faces: no face was found', '修复人脸：没有找到人脸。'],
  ['restore_faces: 1 face was left alone: turned too far away', '修复人脸：1 张人脸保持原样：侧转过多'],
  ['restore_faces: 3 faces were left alone: smaller than 24 pixels', '修复人脸：3 张人脸保持原样：小于 24 像素'],
  ['not chosen', '未选中'],
  [
    'stylize: preserve_color was not used: ComfyUI paints as its workflow says',
    '风格化：没有使用保留色彩：ComfyUI 按工作流绘制。',
  ],
  [
    'comfyui: ComfyUI painted it at 1,024 x 768 pixels, and it was not enlarged',
    'ComfyUI 工作流：ComfyUI 绘制的尺寸是 1,024 x 768 像素，没有再放大。',
  ],
  [
    'comfyui: the workflow upscale has no place for the negative prompt',
    'ComfyUI 工作流：工作流 upscale 里没有反向提示词的位置。',
  ],
  ['no ComfyUI server answered: the style was painted on this machine', '没有 ComfyUI 服务器响应，风格由本机绘制。'],
  ['the node class IPAdapterApply', '缺少节点 IPAdapterApply'],
  [
    'sd15.safetensors, the ckpt_name of CheckpointLoaderSimple (4)',
    '缺少 sd15.safetensors（CheckpointLoaderSimple (4) 的 ckpt_name）',
  ],
]

describe('what the service warns of', () => {
  describe('in Chinese', () => {
    beforeAll(() => speak('zh'))
    afterAll(() => speak('en'))

    it.each(SAID)('says %s as %s', (text, expected) => {
      expect(warningWords(text)).toBe(expected)
    })

    it.each(['something new', 'upscale: something new', 'nobody: no face was found', 'x no face was found', ''])(
      'says %o as it came, as there are no words for it',
      text => {
        expect(warningWords(text)).toBe(text)
      },
    )

    it('leaves no hole open', () => {
      for (const [text] of SAID) expect(warningWords(text)).not.toMatch(/[{}]|undefined/)
    })
  })

  it('is in English as the service says it', () => {
    for (const [text] of SAID) if (!text.includes('SHA-256')) expect(warningWords(text)).toBe(text)
  })

  it('is in English without files, hashes and folders, which help nobody who looks at a photo', () => {
    expect(warningWords(`x4plus cannot be had here, x4v3 is used instead: ${MISSING}`)).toBe(
      'x4plus cannot be had here, x4v3 is used instead',
    )
    expect(warningWords(MISSING)).toBe('the weights of x4plus are not here')
    expect(warningWords(LICENCE)).toBe(
      'gfpgan is under NC-1, which is not for commercial use and has to be accepted first',
    )
  })

  it('has Chinese words for the operations that it is said of', () => {
    expect(zh.service).toMatchObject({ operations: { restore_faces: { title: '修复人脸' } } })
  })
})
