import yauzl from "yauzl";

/** The members of a zip, by path, as an independent reader sees them. */
export function readZip(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(Buffer.from(bytes), { lazyEntries: true, strictFileNames: true }, (error, file) => {
      if (error) return reject(error);
      const found = new Map<string, Buffer>();
      file.on("entry", (entry: yauzl.Entry) =>
        file.openReadStream(entry, async (failure, stream) => {
          if (failure) return reject(failure);
          found.set(entry.fileName, Buffer.concat(await stream.toArray()));
          file.readEntry();
        }),
      );
      file.on("end", () => resolve(found));
      file.on("error", reject);
      file.readEntry();
    });
  });
}
