// Looked at in the browser: each function is sent there as text, so it uses nothing outside of itself.

/** Controls with a side shorter than `target` px, in words. What is hidden for the eye does not count. */
export function smallControls(root: Element, target: number): string[] {
  const controls = root.querySelectorAll("button, a[href], input, textarea, [role^='menuitem'], [role='option']");
  return [...controls].flatMap((control) => {
    const { width, height } = control.getBoundingClientRect();
    if (width <= 1 || (width >= target && height >= target)) return [];
    const name = control.getAttribute("aria-label") ?? control.textContent;
    return [`${name} is ${Math.round(width)} × ${Math.round(height)}`];
  });
}

/** Pairs of controls in the page's flow of which each covers a part of the other. */
export function crowdedControls(): string[] {
  const controls = [...document.querySelectorAll("main button, main a[href], main input, main textarea")];
  const boxes = controls.map((control) => ({ control, box: control.getBoundingClientRect() }));
  return boxes.flatMap(({ control, box }, at) =>
    boxes.slice(at + 1).flatMap(({ control: other, box: otherBox }) => {
      const across = Math.min(box.right, otherBox.right) - Math.max(box.left, otherBox.left);
      const down = Math.min(box.bottom, otherBox.bottom) - Math.max(box.top, otherBox.top);
      const overlap = across > 0.5 && down > 0.5 && Math.min(box.width, otherBox.width) > 1;
      return overlap ? [`${control.textContent} and ${other.textContent}`] : [];
    }),
  );
}
