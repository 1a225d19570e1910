// Another build of the page: every script has another content, so every file has another name.

import { mergeConfig } from "vite";
import own from "../../vite.config";

export default mergeConfig(own, {
  plugins: [
    {
      name: "another-build",
      renderChunk: (code: string) => `${code}\n;globalThis.isAnotherBuild = true;`,
    },
  ],
});
