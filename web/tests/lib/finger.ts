// One finger on the screen.

import type { CDPSession, Page } from "@playwright/test";
import type { Point } from "./board";

export class Finger {
  private constructor(private readonly cdp: CDPSession) {}

  static async on(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  down = (at: Point) => this.touch("touchStart", [at]);
  up = () => this.touch("touchEnd", []);

  async move(from: Point, to: Point): Promise<void> {
    const steps = 8;
    for (let step = 1; step <= steps; step += 1) {
      const part = step / steps;
      await this.touch("touchMove", [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }]);
    }
  }

  private touch(type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Point[]): Promise<unknown> {
    return this.cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
}
