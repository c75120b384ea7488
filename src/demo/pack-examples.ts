import { join } from "node:path";
import catalog from "../../examples/catalog.json";
import { packFolder } from "../platform/archives/pack-folder.ts";

/** An asset of examples/, as it travels in the executable. */
export interface PackedExample {
  slug: string;
  namespace: string;
  signed: boolean;
  /** tar.gz, base64. */
  archive: string;
}

/**
 * Reads examples/ from the checkout. A macro: it runs while the executable is built (or this source is loaded), and what it
 * answers stands in the code.
 */
export async function packExamples(): Promise<PackedExample[]> {
  return Promise.all(
    catalog.map(async ({ folder, namespace, signed }) => {
      const packed = await packFolder(join(import.meta.dir, "../../examples", folder));
      const bytes = await new Response(packed.archive()).arrayBuffer();
      return { slug: folder, namespace, signed, archive: Buffer.from(bytes).toString("base64") };
    }),
  );
}
