/** Why a file or folder cannot be used, and what to do. `name` is what the user calls it. */
export function explainFileError(error: unknown, name: string): string {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${name} does not exist.`;
    case 'EACCES':
    case 'EPERM':
      return `${name} cannot be read: permission denied. Allow your user to read it.`;
    case 'ELOOP':
      return `${name} is a symbolic link that leads back to itself. Point it to a file or remove it.`;
    case 'EMFILE':
    case 'ENFILE':
      return `${name} cannot be opened: too many files are open. Close other programs, or read fewer files at once.`;
    case 'EISDIR':
      return `${name} is a folder now; it was a file when the run began. Run again.`;
    case 'Z_BUF_ERROR':
      return `${name} ends in the middle of its gzip data: it was cut off. Copy or download it again.`;
    case 'Z_DATA_ERROR':
      return `${name} is not gzip, or damaged (${error instanceof Error ? error.message : ''}). Copy or download it again, or take .gz off its name if it is not compressed.`;
    case 'ENAMETOOLONG':
      return `The name ${name} is too long for a file. Is it text instead of a path?`;
    default:
      return `${name} cannot be read: ${error instanceof Error ? error.message.split(',')[0] : String(error)}.`;
  }
}

/** The code of an error of the file system, such as ENOENT; '' when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
