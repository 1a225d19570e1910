// Looked at in the browser: each function is sent there as text, so it uses nothing outside of itself.

/** Controls with a side shorter than `target` px, in words. What is hidden for the eye does not count, nor links and boxes in a text. */
export function smallControls(root: Element, target: number): string[] {
  const controls = root.querySelectorAll("button, a[href], input, textarea, [role^='menuitem'], [role='option']");
  return [...controls].flatMap((control) => {
    const { width, height } = control.getBoundingClientRect();
    const isInText =
      control.matches("a, li > input, li > p > input") && getComputedStyle(control).display.startsWith("inline");
    if (width <= 1 || height <= 1 || isInText || (width >= target && height >= target)) return [];
    const name = control.getAttribute("aria-label") ?? control.textContent;
    return [`${name} is ${Math.round(width)} × ${Math.round(height)}`];
  });
}

/** Pairs of controls of which each covers a part of the other, as far as they are seen. */
export function crowdedControls(): string[] {
  const seen = (control: Element): DOMRect => {
    let { left, top, right, bottom } = control.getBoundingClientRect();
    for (let outer = control.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
      if (getComputedStyle(outer).overflow === "visible") continue;
      const box = outer.getBoundingClientRect();
      left = Math.max(left, box.left);
      top = Math.max(top, box.top);
      right = Math.min(right, box.right);
      bottom = Math.min(bottom, box.bottom);
    }
    return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  };
  const isOnTop = (control: Element, box: DOMRect): boolean => {
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    // What is further down is not on the screen.
    return top === null || control.contains(top) || top.contains(control) || top.closest("main, header") !== null;
  };
  const controls = document.querySelectorAll(
    "main button, main a[href], main input, main textarea, header button, header a",
  );
  const boxes = [...controls]
    .map((control) => ({ control, box: seen(control) }))
    .filter(({ control, box }) => box.width > 1 && box.height > 1 && isOnTop(control, box));
  return boxes.flatMap(({ control, box }, at) =>
    boxes.slice(at + 1).flatMap(({ control: other, box: otherBox }) => {
      if (control.contains(other) || other.contains(control)) return [];
      // On a phone the task is over everything.
      if (control.closest("[data-panel]") !== other.closest("[data-panel]")) return [];
      const across = Math.min(box.right, otherBox.right) - Math.max(box.left, otherBox.left);
      const down = Math.min(box.bottom, otherBox.bottom) - Math.max(box.top, otherBox.top);
      const name = (one: Element) => one.getAttribute("aria-label") ?? one.textContent;
      return across > 0.5 && down > 0.5 ? [`${name(control)} and ${name(other)}`] : [];
    }),
  );
}

/** Texts that end in “…” without a title that has all of it. */
export function cutTexts(): string[] {
  return [...document.querySelectorAll("body *")].flatMap((element) => {
    const style = getComputedStyle(element);
    const isCut =
      (style.textOverflow === "ellipsis" && element.scrollWidth > element.clientWidth + 1) ||
      (style.webkitLineClamp !== "none" && element.scrollHeight > element.clientHeight + 1);
    if (!isCut || element.clientWidth <= 1 || element.closest("[title]")) return [];
    return [element.textContent.slice(0, 60)];
  });
}
