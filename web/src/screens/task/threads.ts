// The comments of a task: what the server listed, folded on by the events that came since, and what is pending on top.

import type { Command, Id, Moment, ProjectEvent } from "../../sync/model";

export interface Comment {
  readonly id: Id;
  readonly task: Id;
  readonly author: Id;
  /** `null` while it is deleted. */
  readonly body: string | null;
  readonly reply_to: Id | null;
  readonly deleted: boolean;
  readonly reactions: { readonly [emoji: string]: readonly Id[] };
  /** 0 while it is pending. */
  readonly created_version: number;
  readonly version: number;
  readonly created_at: Moment;
  readonly updated_at: Moment;
}

export type Comments = ReadonlyMap<Id, Comment>;

interface CommentData {
  comment: Id;
  task: Id;
  body: string;
  reply_to?: Id;
  emoji: string;
  on: boolean;
}

export function isOfComments(event: ProjectEvent): boolean {
  return event.type.startsWith("comment.");
}

/** The comments after `event`. An event that is in them already changes nothing. */
export function foldComment(comments: Comments, event: ProjectEvent): Comments {
  const data = event.data as CommentData;
  const { version, at, actor } = event;
  const known = comments.get(data.comment);
  if (event.type === "comment.added") {
    if (known && known.created_version > 0) return comments;
    const made = { created_version: version, version, created_at: at, updated_at: at };
    return put(comments, { ...fresh(data.comment, data.task, actor, data.body, data.reply_to), ...made });
  }
  if (!known) return comments;
  if (event.type === "comment.reacted") return put(comments, reacted(known, data.emoji, actor, data.on));
  if (version <= known.version) return comments;
  const changed = { ...known, version, updated_at: at };
  if (event.type === "comment.updated") return put(comments, { ...changed, body: data.body });
  if (event.type === "comment.deleted") return put(comments, { ...changed, body: null, deleted: true });
  if (event.type === "comment.restored") return put(comments, { ...changed, body: data.body, deleted: false });
  return comments;
}

/** The comments as they will most probably be, when what is pending was done. */
export function foretell(comments: Comments, command: Command, me: Id, now: Moment, task: Id): Comments {
  if (command.type === "comment.add") {
    if (command.task !== task || comments.has(command.id)) return comments;
    const made = { created_version: 0, version: 0, created_at: now, updated_at: now };
    return put(comments, { ...fresh(command.id, task, me, command.body, command.reply_to), ...made });
  }
  const known = "comment" in command ? comments.get(command.comment) : undefined;
  if (!known) return comments;
  switch (command.type) {
    case "comment.update":
      return put(comments, { ...known, body: command.body });
    case "comment.delete":
      return put(comments, { ...known, body: null, deleted: true });
    case "comment.restore":
      return put(comments, { ...known, deleted: false });
    case "comment.react":
      return put(comments, reacted(known, command.emoji, me, command.on));
    default:
      return comments;
  }
}

function fresh(id: Id, task: Id, author: Id, body: string, reply: Id | undefined) {
  return { id, task, author, body, reply_to: reply ?? null, deleted: false, reactions: {} };
}

/**
 * An emoji in its fully qualified form (UTS 51): with and without U+FE0F it is one, and older events have either. The sign follows
 * what is not shown as a picture by itself, unless a skin tone follows.
 */
export const qualified = (emoji: string): string =>
  emoji.replaceAll("\uFE0F", "").replace(/(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu, "$&\uFE0F");

function reacted(comment: Comment, sign: string, actor: Id, on: boolean): Comment {
  const emoji = qualified(sign);
  const others = (comment.reactions[emoji] ?? []).filter((user) => user !== actor);
  const users = on ? [...others, actor] : others;
  const { [emoji]: _, ...rest } = comment.reactions;
  return { ...comment, reactions: users.length > 0 ? { ...rest, [emoji]: users } : rest };
}

const put = (comments: Comments, comment: Comment): Comments => new Map(comments).set(comment.id, comment);

export interface Thread {
  readonly comment: Comment;
  readonly replies: readonly Comment[];
}

/**
 * Comments with their replies, in the order in which they were made; pending ones last. An answer to an answer stands below the
 * same first comment.
 */
export function threadsOf(comments: Comments): Thread[] {
  const all = [...comments.values()].sort(byAge);
  const replies = new Map<Id, Comment[]>();
  for (const comment of all) {
    const first = firstOf(comments, comment);
    if (first !== comment) replies.set(first.id, [...(replies.get(first.id) ?? []), comment]);
  }
  return all
    .filter((comment) => firstOf(comments, comment) === comment)
    .map((comment) => ({ comment, replies: replies.get(comment.id) ?? [] }));
}

function byAge(a: Comment, b: Comment): number {
  if (a.created_version > 0 && b.created_version > 0) return a.created_version - b.created_version;
  if (a.created_version > 0) return -1;
  if (b.created_version > 0) return 1;
  return a.created_at < b.created_at ? -1 : 1;
}

function firstOf(comments: Comments, comment: Comment): Comment {
  const seen = new Set<Id>();
  let first = comment;
  while (first.reply_to !== null && !seen.has(first.id)) {
    seen.add(first.id);
    const above = comments.get(first.reply_to);
    if (!above) break;
    first = above;
  }
  return first;
}
