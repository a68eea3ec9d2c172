// Cases, programs of the book and Erlang programs on the machine in WebAssembly:
//
//   node test.mjs MODULE REPOSITORY [ERLANG]      in Node
//   node test.mjs MODULE REPOSITORY --in BROWSER  in a Chromium, without a window
//
// ERLANG is a folder with a folder erlang-… for each program: NAME.lamb, linked, and what it prints, NAME.out.
// The browser fetches what it runs from a server here, and posts what came of it.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { all, erlang, programs } from "./cases.mjs";

/** How long a browser may take, start and all. */
const BROWSER_MS = 120_000;

const here = dirname(fileURLToPath(import.meta.url));

/** Texts of the files with an ending below a folder, by what is between. */
async function texts(folder, ending) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(ending)).sort();
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  return Promise.all(names.map(async (name) =>
    [name.slice(0, -ending.length), utf8.decode(await readFile(join(folder, name)))]));
}

async function sources(repository) {
  const cases = await texts(join(repository, "conformance/cases"), ".lam");
  const pages = await texts(join(repository, "spec"), ".md");
  const shown = pages.flatMap(([page, text]) => programs(page, text));
  return { cases: cases.length, shown: shown.length, sources: [...cases, ...shown] };
}

/** The page that runs what it fetches. */
const PAGE = `<!doctype html><script type="module">
  const post = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });
  try {
    const { all } = await import("/cases.mjs");
    const wasm = await WebAssembly.compileStreaming(fetch("/lam.wasm"));
    await post(await all(wasm, await (await fetch("/sources")).json()));
  } catch (error) {
    await post({ ran: 0, failures: [String(error.stack)], beyond: [] });
  }
</script>`;

/** What came of the sources in a browser. */
async function inBrowser(browser, wasm, sources) {
  const files = {
    "/": ["text/html", PAGE],
    "/cases.mjs": ["text/javascript", await readFile(join(here, "cases.mjs"))],
    "/lam.mjs": ["text/javascript", await readFile(join(here, "lam.mjs"))],
    "/lam.wasm": ["application/wasm", wasm],
    "/sources": ["application/json", JSON.stringify(sources)],
  };
  const profile = await mkdtemp(join(tmpdir(), "lam-browser-"));
  let child, server, timer;
  try {
    return await new Promise((resolve, reject) => {
      server = createServer((request, response) => {
        const [type, body] = files[request.url] ?? [];
        if (request.method === "POST" && request.url === "/result") {
          const parts = [];
          request.on("data", (part) => parts.push(part));
          request.on("end", () => { response.end(); resolve(JSON.parse(Buffer.concat(parts).toString())); });
        } else if (body === undefined) response.writeHead(404).end();
        else response.writeHead(200, { "content-type": type }).end(body);
      });
      timer = setTimeout(() => reject(new Error(`${browser} has not answered in ${BROWSER_MS} ms`)), BROWSER_MS);
      server.listen(0, "127.0.0.1", () => {
        const flags = ["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", `--user-data-dir=${profile}`];
        // Its sandbox does not start for root, as in containers.
        if (process.getuid?.() === 0) flags.push("--no-sandbox");
        child = spawn(browser, [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
        child.on("error", reject);
        child.on("exit", (status) => reject(new Error(`${browser} ended with ${status} and no answer`)));
      });
    });
  } finally {
    clearTimeout(timer);
    if (child?.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    }
    server?.closeAllConnections();
    server?.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Compares what Erlang programs print with what they did before; gives how many, and what failed. */
async function erlangPrograms(wasm, folder) {
  const failures = [];
  const files = (await readdir(folder, { recursive: true })).filter((file) => /erlang-.*\.out$/.test(file)).sort();
  for (const file of files) {
    const stem = join(folder, file.slice(0, -".out".length));
    try {
      const name = stem.split("/").pop();
      const printed = Buffer.concat(await erlang(wasm, name, await readFile(`${stem}.lamb`)));
      if (!printed.equals(await readFile(`${stem}.out`))) failures.push(`${file}: prints\n${printed}`);
    } catch (error) {
      failures.push(`${file}: ${error.message}`);
    }
  }
  return { ran: files.length, failures };
}

const [file, repository, third, browser] = process.argv.slice(2);
const bytes = await readFile(file);
const { cases, shown, sources: given } = await sources(repository);
const module = await WebAssembly.compile(bytes);
const { ran, failures, beyond } = third === "--in" ? await inBrowser(browser, bytes, given) : await all(module, given);
console.log(`${ran} of ${cases + shown} ran, ${cases} cases and ${shown} programs of the book; ${failures.length} failures; with more than one scheduler: ${beyond.join(", ")}`);
let enough = ran > 450 && shown > 40 && beyond.length < 5;
if (third && third !== "--in") {
  const erlang = await erlangPrograms(module, third);
  console.log(`${erlang.ran} Erlang programs ran, ${erlang.failures.length} failures`);
  failures.push(...erlang.failures);
  enough &&= erlang.ran > 50;
}
for (const failure of failures) console.log(failure);
process.exitCode = failures.length === 0 && enough ? 0 : 1;
