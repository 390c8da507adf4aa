// Fetches the libraries of the page again and compares them with versions.json: npm run fetch.
// `npm run fetch -- --accept` writes their checksums there instead, for a new version.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const VENDOR = fileURLToPath(new URL("../src/gapjunction/review/page/vendor/", import.meta.url));
const VERSIONS = join(VENDOR, "versions.json");

const versions = JSON.parse(readFileSync(VERSIONS, "utf8"));
const accepted = process.argv.includes("--accept");
for (const [name, library] of Object.entries(versions)) fetchLibrary(name, library);
if (accepted) writeFileSync(VERSIONS, JSON.stringify(versions, null, 2) + "\n");

function fetchLibrary(name, library) {
  const folder = mkdtempSync(join(tmpdir(), "page-library-"));
  try {
    const packed = execFileSync("npm", ["pack", "--json", `${name}@${library.version}`], { cwd: folder });
    execFileSync("tar", ["xzf", JSON.parse(packed)[0].filename], { cwd: folder });
    for (const [target, file] of Object.entries(library.files)) keep(join(folder, file.source), target, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function keep(source, target, file) {
  const sha256 = createHash("sha256").update(readFileSync(source)).digest("hex");
  if (accepted) file.sha256 = sha256;
  if (sha256 !== file.sha256) {
    throw new Error(`${target}: expected sha256 ${file.sha256}, found ${sha256}; nothing was changed`);
  }
  copyFileSync(source, join(VENDOR, target));
  console.log(`${target}: ${sha256}`);
}
