import { toast } from "./toast";

/** Copies a text, or says that the browser forbids it, as it does where the page is not served over HTTPS. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast.show({ text: "Copied" });
  } catch {
    toast.show({ text: `The browser doesn't let the page copy. Copy it by hand: ${text}`, refused: true });
  }
}
