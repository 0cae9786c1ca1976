/** 记录的附件。 */
export const zhCNFiles = {
  files: {
    title: '附件',
    add: '上传',
    empty: '还没有附件。',
    emptyDrop: '还没有附件，可以拖到这里。',
    drop: '松开即可上传',
    sending: '正在上传 {{name}}',
    refused: '{{name}}：{{why}}',
    attached: '已上传 {{name}}',
    removed: '已移除 {{name}}',
    remove: '移除 {{name}}',
    fetch: '下载 {{name}}',
    tooLarge: '{{name}} 太大：最多 {{most}}。',
  },
};

export const zhCNFileEvents = {
  'file-attached': '上传了附件',
  'file-removed': '移除了附件',
  'file-restored': '恢复了附件',
  'file-purged': '已移除的附件被永久删除',
};

export const zhCNFileProblems = {
  'file-too-large': '文件太大。',
  'files-full': '公司的附件空间已满。',
  'file-empty': '文件是空的。',
  'file-type-unknown': '不支持这种类型的文件。',
  'file-type-mismatch': '文件内容与文件名不符。',
  'file-gone': '该附件已被永久删除。',
  'files-unavailable': '暂时无法访问文件存储，请稍后再试。',
  'files-too-many': '每条记录最多 200 个附件。',
};
