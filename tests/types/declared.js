// The package's declarations, read by the compiler.

import { readFile } from "node:fs/promises";

import { SyntaxKind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

import { Project } from "./project.js";

const SITE = `import "mfa-code"; import "mfa-code/define"; import "mfa-code/inline";`;

/** @returns What is declared; end it with `closes`. */
export async function declared() {
  const project = await Project.of({ "site.ts": SITE });
  await project.configures("bundler");
  const api = new API({ cwd: project.path("") });
  const opened = api.updateSnapshot({ openProjects: [project.path("tsconfig.json")] });
  const [{ program, checker }] = opened.getProjects();
  const source = (name) => program.getSourceFile(project.path(`node_modules/mfa-code/dist/${name}`));
  const statements = ["index.d.ts", "element.d.ts"].flatMap((name) => [...source(name).statements]);
  const statement = (name) => statements.find((it) => it.name?.text === name);
  const symbolOf = (node) => checker.getSymbolAtLocation(node.name);
  const typeOf = (name) => checker.getDeclaredTypeOfSymbol(symbolOf(statement(name)));
  const keys = (type) => checker.getPropertiesOfType(type).map(({ name }) => name);

  return {
    /** What a file exports that is there when the page runs. */
    async exports(file) {
      const text = await readFile(project.path(`node_modules/mfa-code/dist/${file}`), "utf8");
      const own = [...text.matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name);
      const passed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list.split(","))
        .map((name) => name.trim()).filter((name) => name && !name.startsWith("type "));
      const all = /^export \* from "\.\/([\w-]+)\.js"/m.exec(text);
      return [...own, ...passed, ...(all ? await this.exports(`${all[1]}.d.ts`) : [])];
    },
    /** The members of a class or an interface, each with what it says of itself. */
    members: (name) => new Map(statement(name).members.map((node) =>
      [node.name.text, { words: checker.getDocumentationCommentOfSymbol(symbolOf(node)) }])),
    /** What a statement says of itself. */
    words: (name) => checker.getDocumentationCommentOfSymbol(symbolOf(statement(name))),
    /** What is exported under a name, types too. */
    named: () => statements
      .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword))
      .map(({ name }) => name.text),
    /** The texts of a union. */
    union: (name) => typeOf(name).getTypes().map(({ value }) => value).sort(),
    /** The types of a union of objects, each with the texts of a member of theirs. */
    variants(name, member) {
      const value = (type, key) => checker.getTypeOfSymbol(checker.getPropertyOfType(type, key));
      return typeOf(name).getTypes().map((type) => {
        const of = value(type, member);
        return {
          texts: (of.getTypes?.() ?? [of]).map((it) => it.value),
          is: (key) => checker.typeToString(value(type, key)),
        };
      });
    },
    /** The keys of an event's detail. */
    detail(event) {
      const node = statement("MfaCodeEventMap").members.find((it) => it.name.text === event);
      const type = checker.getTypeOfSymbol(symbolOf(node));
      return keys(checker.getTypeOfSymbol(checker.getPropertyOfType(type, "detail"))).sort();
    },
    async closes() {
      api.close();
      await project.removes();
    },
  };
}
