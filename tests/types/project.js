// A site's own TypeScript project with the package installed, in a folder of its own.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The package as npm would publish it; by hand, as `npm run build` has left it. */
export const PACKAGE = process.env.MFA_PACKAGE ?? ROOT;

/** As strict as TypeScript gets. */
const STRICT = {
  strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
  noImplicitOverride: true, noPropertyAccessFromIndexSignature: true, skipLibCheck: false,
};

/** What `module` goes with each way to find a module. */
export const RESOLUTIONS = { bundler: "esnext", node16: "node16", nodenext: "nodenext" };

export class Project {
  #folder;

  /** @param {Record<string, string>} files Their names and texts. */
  static async of(files) {
    const project = new Project();
    project.#folder = await mkdtemp(join(tmpdir(), "mfa-code-types-"));
    const installed = join(project.#folder, "node_modules/mfa-code");
    await mkdir(installed, { recursive: true });
    for (const part of ["package.json", "dist"]) {
      await cp(join(PACKAGE, part), join(installed, part), { recursive: true });
    }
    await project.#writes("package.json", JSON.stringify({ name: "site", private: true, type: "module" }));
    for (const [name, text] of Object.entries(files)) await project.#writes(name, text);
    return project;
  }

  /** Where the compiler finds a file. */
  path(name) {
    return join(this.#folder, name);
  }

  async #writes(name, text) {
    await writeFile(this.path(name), text);
  }

  async configures(resolution, options = {}) {
    const compilerOptions = {
      ...STRICT, target: "es2022", lib: ["es2022", "dom", "dom.iterable"], types: [], noEmit: true,
      module: RESOLUTIONS[resolution], moduleResolution: resolution, ...options,
    };
    await this.#writes("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  }

  /** What the compiler has against it, a line each. */
  async complaints(resolution, options) {
    await this.configures(resolution, options);
    try {
      await promisify(execFile)(process.execPath, [
        join(ROOT, "node_modules/typescript/bin/tsc"), "--project", this.#folder, "--pretty", "false",
      ], { cwd: this.#folder });
      return [];
    } catch (error) {
      if (!error.stdout) throw error;
      return error.stdout.trim().split("\n");
    }
  }

  async removes() {
    await rm(this.#folder, { recursive: true });
  }
}
