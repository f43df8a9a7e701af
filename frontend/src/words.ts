/** The script's few sentences; everything else is written by the server. */
const WORDS = {
  kept: ["已恢复上次没有提交的内容。", "What you had not sent yet was restored."],
  discard: ["不要了，清空", "Discard it"],
  add: ["拍照或选文件", "Photo or file"],
  remove: ["去掉", "Remove"],
  tooLarge: ["超过 20 MB，请压缩或分成几个。", "is over 20 MB; please make it smaller."],
  tooMany: ["最多 {n} 个，多出的没有加上。", "At most {n}; the rest were not added."],
  failed: ["没有传上去，点一下重试。", "was not uploaded; tap to try again."],
  uploading: ["还有文件在上传，请等一下再提交。", "Files are still uploading; please wait a moment."],
  uploaded: ["已上传", "uploaded"],
  copied: ["已复制", "Copied"],
  keysTitle: ["快捷键", "Keys"],
  keys: ["j k 上下 · Enter 打开 · / 搜索 · ? 本帮助", "j k move · Enter open · / search · ? this help"],
  close: ["关闭", "Close"],
  usePlace: ["用我现在的位置", "Use where I am now"],
  forgetPlace: ["不用这个位置", "Do not use this position"],
  havePlace: ["已记下位置，只用来派人。", "Position noted; used only to send somebody."],
  seeking: ["正在定位…", "Locating…"],
  noPlace: ["没有定到位，请在上面写地点。", "No position; please write the place above."],
} as const;

export function word(key: keyof typeof WORDS, n?: number): string {
  const [zh, en] = WORDS[key];
  const text = document.documentElement.lang === "en" ? en : zh;
  return n === undefined ? text : text.replace("{n}", String(n));
}
