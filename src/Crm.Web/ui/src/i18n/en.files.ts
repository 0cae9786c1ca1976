/** Files of records. */
export const enFiles = {
  files: {
    title: 'Files',
    add: 'Attach',
    empty: 'No files yet.',
    emptyDrop: 'No files yet. Drop some here.',
    drop: 'Drop to attach',
    sending: 'Uploading {{name}}',
    refused: '{{name}}: {{why}}',
    attached: 'Attached {{name}}',
    removed: 'Removed {{name}}',
    remove: 'Remove {{name}}',
    fetch: 'Download {{name}}',
    tooLarge: '{{name}} is too large: at most {{most}}.',
  },
};

export const enFileEvents = {
  'file-attached': 'attached a file',
  'file-removed': 'removed a file',
  'file-restored': 'brought a file back',
  'file-purged': 'a removed file is gone for good',
};

export const enFileProblems = {
  'file-too-large': 'The file is too large.',
  'files-full': 'There is no room for more files in your company.',
  'file-empty': 'There is nothing in the file.',
  'file-type-unknown': 'Files of this sort are not taken.',
  'file-type-mismatch': 'What is in the file is not what its name says.',
  'file-gone': 'The file was removed for good.',
  'files-unavailable': 'The place where files are kept cannot be reached just now.',
  'files-too-many': 'A record has at most 200 files.',
};
