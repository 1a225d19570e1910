// What only the leading tab does: it has the connection, and tells the other tabs what it hears.

import type { Environment } from "./environment";
import { Feed } from "./feed";
import type { Line } from "./live";
import type { Beat, Message, OwnNeeds } from "./messages";
import type { Id, ProjectEvent } from "./model";
import { Needs } from "./needs";
import type { Tabs } from "./tabs";

export interface LeadHost {
  /** This tab hears what it tells the others. */
  hear(message: Message): void;
  lineChanged(): void;
  withdraw(commands: readonly Id[]): void;
  /** Events for the local copy. */
  keep(project: Id, events: readonly ProjectEvent[]): void;
}

export class Lead {
  private readonly feed: Feed;
  private readonly needs: Needs;

  constructor(
    environment: Environment,
    me: Id,
    private readonly tabs: Tabs,
    private readonly host: LeadHost,
  ) {
    this.needs = new Needs(environment.clock);
    this.feed = new Feed(environment, me, {
      tell: (message) => {
        tabs.post(message);
        host.hear(message);
      },
      lineChanged: () => host.lineChanged(),
    });
  }

  get line(): Line {
    return this.feed.line;
  }

  stop(): void {
    this.feed.stop();
  }

  /** What other tabs say, as far as it is for the leader alone. */
  hear(message: Message): void {
    if (message.type === "needs") this.need(message);
    else if (message.type === "bye") {
      this.needs.drop(message.tab);
      this.feed.follow(this.needs.all());
    } else if (message.type === "events") this.host.keep(message.project, message.events);
    else if (message.type === "withdraw") this.host.withdraw(message.commands);
    else if (message.type === "say") this.feed.say(message.project, message.data);
  }

  /** A tab has these projects open, this one among the tabs. */
  need({ tab, open, visible }: OwnNeeds): void {
    this.needs.set(tab, open, visible);
    this.feed.follow(this.needs.all());
    for (const [project, position] of Object.entries(open)) this.feed.known(project, position);
  }

  beat(): Beat {
    const { id } = this.tabs;
    const beat: Beat = {
      type: "beat",
      tab: id,
      live: this.feed.line.live,
      heads: this.feed.heads(),
      here: this.feed.here(),
    };
    this.tabs.post(beat);
    return beat;
  }

  say(project: Id, data: unknown): void {
    this.feed.say(project, data);
  }

  /** `null`: it is not followed. */
  epoch(project: Id): string | null {
    return this.feed.epoch(project);
  }

  tick({ tab, open, visible }: OwnNeeds): void {
    this.needs.set(tab, open, visible);
    this.feed.tick({ watched: this.needs.watched(), shown: this.needs.shown() });
  }
}
