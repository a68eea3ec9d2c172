// What is run on the machine in WebAssembly: every case of the conformance suite and the programs of
// the book, in Node and in a browser alike, and linked Erlang programs. `test.mjs` starts it.
//
// The module must be built with the feature `text`. A free machine may do what some schedule does;
// time is virtual, so that no case waits.

import { boot, decode, encode, Float, Tuple } from "./lam.mjs";

const utf8 = new TextEncoder();

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

/** The whole programs of a page of the book, as cases: comments say what each outcome is. */
export function programs(page, text) {
  const blocks = [...text.matchAll(/^```(lam|outcomes)[^\n]*\n([\s\S]*?)^```$/gm)];
  const cases = [];
  blocks.forEach(([, kind, body], at) => {
    if (kind !== "lam" || !/^(\s*(;.*)?\n)*\s*module /.test(body)) return;
    const [, next, outcomes] = blocks[at + 1] ?? [];
    const lines = next === "outcomes" ? outcomes.split("\n").map((line) => line.split(/ -- | — /)[0].trim()) : [];
    const header = lines.filter((line) => line !== "").map((line) => `;; outcome: ${line}\n`).join("");
    cases.push([`${page}, program ${cases.length + 1}`, header + body]);
  });
  return cases;
}

/** Runs named texts as cases; gives how many ran, what failed, and which need more than there is. */
export async function all(wasm, sources) {
  const failures = border(), beyond = [];
  for (const [id, source] of sources) {
    if (/^;; limits:.*schedulers=/m.test(source)) {
      beyond.push(id);
      continue;
    }
    let why;
    try {
      why = await judge(wasm, id, utf8.encode(source));
    } catch (error) {
      why = `stopped: ${error.stack}`;
    }
    if (why !== undefined) failures.push(`${id}: ${why}`);
  }
  return { ran: sources.length - beyond.length, failures, beyond };
}

/** Runs a linked Erlang program as `lam run` does; gives what it writes to standard output. */
export async function erlang(wasm, name, bytes) {
  const machine = await boot(wasm, {
    modules: [bytes],
    settings: { module: "lam_boot", arguments: [Symbol.for(name), []], record: 1, root_halts: 1 },
    write: (port, written) => { if (port === "stdout") output.push(written); },
  });
  const output = [];
  const root = await machine.run();
  if (root && !root.normal) throw new Error(root.reason);
  return output;
}
