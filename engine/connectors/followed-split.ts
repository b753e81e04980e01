/**
 * A file that is followed, as a split. Another file that takes its place, as logs are rotated, is a split of its own: so the name says which file of
 * that path it is, by a number from 1 and by what the file system calls it.
 */
export interface FollowedSplit {
  /** Path as users know it. */
  readonly path: string;
  readonly number: number;
  /** The inode, or what stands for it. */
  readonly inode: bigint;
}

const RADIX = 36;

export function followedId({ path, number, inode }: FollowedSplit): string {
  return `${path}#${number}-${inode.toString(RADIX)}`;
}

/** Null for a name that `followedId` did not make. */
export function parseFollowedId(id: string): FollowedSplit | null {
  const match = /^(.+)#(\d+)-([\da-z]+)$/s.exec(id);
  if (match?.[1] === undefined) return null;
  let inode = 0n;
  for (const digit of match[3] ?? '') inode = inode * BigInt(RADIX) + BigInt(Number.parseInt(digit, RADIX));
  return { path: match[1], number: Number(match[2]), inode };
}

/** What users call the file. */
export function followedPath(id: string): string {
  return parseFollowedId(id)?.path ?? id;
}
