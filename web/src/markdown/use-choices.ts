import { type KeyboardEvent, useState } from "react";
import type { Choice } from "./choices";
import { type Edit, edit, type Selection, type Trigger, triggerAt } from "./editing";
import { findEmoji } from "./emoji";
import type { Mentions } from "./mentions";

export interface FoundTask {
  readonly name: string;
  readonly title: string;
}

export interface Sources {
  readonly projectKey: string;
  readonly mentions: Mentions;
  /** How to tell people of one name apart. */
  readonly detailOf: (person: string) => string;
  readonly findTasks: (query: string) => readonly FoundTask[];
}

interface Offer {
  readonly trigger: Trigger;
  readonly choices: readonly Choice[];
  readonly active: number;
}

const most = 8;

/** What a field offers at the caret, and the keys that move through it. */
export function useChoices(sources: Sources, apply: (edit: Edit) => void) {
  const [offer, setOffer] = useState<Offer | null>(null);

  const look = (selection: Selection) => {
    const trigger = triggerAt(selection, sources.projectKey);
    const choices = trigger ? choicesFor(trigger, sources).slice(0, most) : [];
    setOffer(trigger && choices.length > 0 ? { trigger, choices, active: 0 } : null);
  };
  const pick = (choice: Choice) => {
    if (!offer) return;
    apply(edit(offer.trigger.from, offer.trigger.to, `${choice.insert} `));
    setOffer(null);
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!offer) return false;
    const { choices, active } = offer;
    const chosen = choices[active];
    if (event.key === "ArrowDown") setOffer({ ...offer, active: (active + 1) % choices.length });
    else if (event.key === "ArrowUp") setOffer({ ...offer, active: (active + choices.length - 1) % choices.length });
    else if ((event.key === "Enter" || event.key === "Tab") && chosen && !event.ctrlKey && !event.metaKey) pick(chosen);
    else if (event.key === "Escape") setOffer(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { offer, look, pick, onKey, close: () => setOffer(null) };
}

function choicesFor({ kind, query }: Trigger, { mentions, detailOf, findTasks }: Sources): Choice[] {
  if (kind === "emoji") {
    return findEmoji(query).map(({ sign, name }) => ({ key: name, label: sign, detail: `:${name}`, insert: sign }));
  }
  if (kind === "task") {
    return findTasks(query).map(({ name, title }) => ({ key: name, label: name, detail: title, insert: name }));
  }
  return mentions.find(query).map(({ id }) => ({
    key: id,
    label: mentions.name(id),
    detail: detailOf(id),
    insert: `@${mentions.name(id)}`,
  }));
}
