// Every case of the conformance suite on the machine in WebAssembly: `node test.mjs WASM CASES`.
//
// The module must be built with the feature `text`. A free machine may do what some schedule does;
// time is virtual, so that no case waits.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { boot, decode, encode, Float, Tuple } from "./lam.mjs";

/** Cases whose outcomes tell the time, which in a free machine is that of the world. */
const TELL_THE_TIME = [
  "native/clock/read", "native/timer/cancel", "native/timer/read", "scheduling/time/virtual",
  "scheduling/budget/turn", // The order of turns, too.
];

/** What is no LAM binary is LAM text here, and rejected as that. */
const IS_TEXT = ["static/bin/file/magic"];

/** Slices after which a case is given up. */
const SLICES_MAX = 100;

function parse(source) {
  const header = {}, outcomes = [];
  for (const line of source.replace(/^\ufeff/, "").split("\n")) {
    const [, key, value] = /^;; ([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (key === "outcome") outcomes.push(value);
    else if (key) header[key] ??= value;
  }
  return { header, outcomes };
}

/** What a case is granted that names no capabilities. */
const CAPABILITIES = "output clock random environment files";

function settings(header) {
  const limits = (header.limits ?? "").split(/\s+/).filter((pair) => pair !== "");
  const given = Object.fromEntries(limits.map((pair) => pair.split("=")));
  const known = Object.entries(given).filter(([name]) => name !== "states");
  return {
    trace_depth: 0,
    trace_lines: "trace_depth" in given ? 1 : 0,
    ...Object.fromEntries(known.map(([name, number]) => [name, BigInt.asIntN(64, BigInt(number))])),
    granted: (header.capabilities ?? CAPABILITIES).split(/\s+/).filter((name) => name !== ""),
    root_halts: header.root === "halts" ? 1 : 0,
    stdin: (header.input ?? "").replaceAll("\\n", "\n"),
    record: 1,
  };
}

/** Runs a case; gives why it failed, if it did. */
async function judge(wasm, id, bytes) {
  const { header, outcomes } = parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const hex = header.bytes?.split(/\s+/).filter((byte) => byte !== "");
  const program = hex ? Uint8Array.from(hex, (byte) => parseInt(byte, 16)) : bytes;
  let now = 0;
  const clock = { monotonic: () => now, system: () => now };
  let machine;
  try {
    machine = await boot(wasm, { modules: [program], settings: settings(header), clock });
  } catch (error) {
    if (header.mode !== "reject") return String(error);
    const rules = new Set(error.message.split("\n").map((line) => line.split(":")[0]));
    const fits = IS_TEXT.includes(id) || rules.size === 1 && header.reject.split(/\s+/).includes([...rules][0]);
    return fits ? undefined : `expected rejection with ${header.reject}, found ${error.message}`;
  }
  if (header.mode === "reject") return `expected rejection with ${header.reject}`;
  for (let slice = 0; ; slice++) {
    if (slice === SLICES_MAX) return "does not end";
    const wait = machine.step();
    if (wait < 0 || wait === Infinity) break;
    now += wait;
  }
  const found = machine.outcome();
  // A script or turns of the reference machine say nothing about a free one but that it ends.
  if (header.schedule || TELL_THE_TIME.includes(id)) {
    return /running|error|crash/.test(found) ? found : undefined;
  }
  return outcomes.includes(found) ? undefined : `found ${found}\n  expected ${outcomes.join("\n  or ")}`;
}

/** What goes to the machine and comes back. */
function border() {
  const terms = [0, -1, 2n ** 62n, new Float(1.5), Symbol.for("ok"), new Uint8Array([0, 255]),
    [1, [2]], new Tuple(1, Symbol.for("b")), new Map([[1, []]])];
  return String(encode(decode(encode(terms)))) === String(encode(terms)) ? [] : ["border: terms change"];
}

const [file, folder] = process.argv.slice(2);
const wasm = await WebAssembly.compile(await readFile(file));
const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".lam")).sort();
const failures = border(), beyond = [];
for (const name of names) {
  const id = name.slice(0, -".lam".length);
  const bytes = await readFile(join(folder, name));
  if (/^;; limits:.*schedulers=/m.test(new TextDecoder().decode(bytes))) {
    beyond.push(id);
    continue;
  }
  let why;
  try {
    why = await judge(wasm, id, bytes);
  } catch (error) {
    why = `stopped: ${error.stack}`;
  }
  if (why !== undefined) failures.push(`${id}: ${why}`);
}
for (const failure of failures) console.log(failure);
const ran = names.length - beyond.length;
console.log(`${ran} cases ran, ${failures.length} failures; with more than one scheduler: ${beyond.join(", ")}`);
process.exitCode = failures.length === 0 && ran > 400 && beyond.length < 5 ? 0 : 1;
