//! The book's chapter about speed: tables and a figure, from the committed numbers.

use super::{FILE, PROGRAMS, Program};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// The committed numbers.
fn read(root: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    serde_json::from_str(&text).context(FILE)
}

/// The processor time of LAM as a share of that of BEAM.
pub(super) fn ratio(row: &Value) -> Option<f64> {
    let cpu = |machine: &str| row[machine]["cpu_ms"].as_f64();
    // A millisecond is what BEAM can tell.
    Some(cpu("lam")?.max(1.0) / cpu("beam")?.max(1.0))
}

/// The rows for so many schedulers, in the order of the programs.
fn rows(numbers: &Value, schedulers: u64) -> Result<Vec<(&'static Program, &Value)>> {
    let all = numbers["programs"].as_array().context("programs")?;
    let row = |program: &'static Program| {
        let is = |row: &&Value| {
            row["program"] == program.name && row["schedulers"].as_u64() == Some(schedulers)
        };
        Some((program, all.iter().find(is)?))
    };
    Ok(PROGRAMS.iter().filter_map(row).collect())
}

fn number(row: &Value, keys: [&str; 2]) -> Result<u64> {
    let value = &row[keys[0]][keys[1]];
    value.as_u64().with_context(|| format!("{FILE}: {}.{}", keys[0], keys[1]))
}

/// When, where and of what the numbers are.
pub fn setting(root: &Path) -> Result<String> {
    let numbers = read(root)?;
    let setting = &numbers["setting"];
    let text = |key: &str| setting[key].as_str().with_context(|| format!("{FILE}: {key}"));
    Ok(format!(
        "Measured on {} with LAM at commit `{}` ({}) and BEAM of OTP {}, on a computer with {} \
         cores ({}). Its load averages over 1, 5 and 15 minutes were {} before the run and {} after \
         it. Numbers are medians of {} runs.",
        text("date")?,
        text("lam")?,
        text("rustc")?,
        text("beam")?,
        setting["cores"],
        text("cpu")?,
        text("load_before")?,
        text("load_after")?,
        setting["runs"],
    ))
}

/// The programs with one scheduler, as a table.
pub fn table(root: &Path) -> Result<String> {
    let numbers = read(root)?;
    let mut table = String::from(
        "| program | stresses | BEAM | LAM | ratio | goal | peak memory BEAM, LAM |\n\
         |---|---|---:|---:|---:|---:|---:|\n",
    );
    for (program, row) in rows(&numbers, 1)? {
        let ratio = ratio(row).context(program.name)?;
        let (goal, mark) = match program.goal {
            Some(goal) if ratio > goal => (goal.to_string(), "**"),
            Some(goal) => (goal.to_string(), ""),
            None => (String::new(), ""),
        };
        let mib = |machine| Ok::<u64, anyhow::Error>(number(row, [machine, "peak_kb"])? / 1024);
        writeln!(
            table,
            "| `{}` | {} | {} ms | {} ms | {mark}{ratio:.2}{mark} | {goal} | {}, {} MiB |",
            program.name,
            program.what,
            number(row, ["beam", "cpu_ms"])?,
            number(row, ["lam", "cpu_ms"])?,
            mib("beam")?,
            mib("lam")?,
        )?;
    }
    Ok(table)
}

/// The programs with two schedulers, as a table: time of the processors and of the clock.
pub fn parallel(root: &Path) -> Result<String> {
    let numbers = read(root)?;
    let one = rows(&numbers, 1)?;
    let mut table = String::from(
        "| program | BEAM, processor | LAM, processor | ratio | BEAM, clock | LAM, clock | LAM's clock \
         with one |\n|---|---:|---:|---:|---:|---:|---:|\n",
    );
    for (program, row) in rows(&numbers, 2)? {
        let alone = one.iter().find(|(other, _)| other.name == program.name);
        let (_, alone) = alone.context(program.name)?;
        writeln!(
            table,
            "| `{}` | {} ms | {} ms | {:.2} | {} ms | {} ms | {} ms |",
            program.name,
            number(row, ["beam", "cpu_ms"])?,
            number(row, ["lam", "cpu_ms"])?,
            ratio(row).context(program.name)?,
            number(row, ["beam", "clock_ms"])?,
            number(row, ["lam", "clock_ms"])?,
            number(alone, ["lam", "clock_ms"])?,
        )?;
    }
    Ok(table)
}

/// How long the smallest programs take, as a table.
pub fn start(root: &Path) -> Result<String> {
    let numbers = read(root)?;
    let mut table = String::from("| command | median | fastest |\n|---|---:|---:|\n");
    for row in numbers["start"].as_array().context("start")? {
        let ms =
            |key: &str| row[key].as_f64().map(|us| us / 1000.0).with_context(|| key.to_owned());
        let command = row["command"].as_str().context("command")?;
        writeln!(
            table,
            "| {command} | {:.1} ms | {:.1} ms |",
            ms("median_us")?,
            ms("fastest_us")?
        )?;
    }
    Ok(table)
}

/// What waiting processes take, as a sentence.
pub fn memory(root: &Path) -> Result<String> {
    let numbers = read(root)?;
    let memory = &numbers["memory"];
    let of = |machine: &str| number(memory, [machine, "bytes_per_process"]);
    let (beam, lam) = (of("beam")?, of("lam")?);
    Ok(format!(
        "{} processes that wait make the machine larger, as the system counts pages, by {lam} bytes \
         each on LAM and {beam} on BEAM; before them LAM has {} MiB and BEAM {} MiB.",
        memory["processes"],
        number(memory, ["lam", "empty_kb"])? / 1024,
        number(memory, ["beam", "empty_kb"])? / 1024,
    ))
}

/// How large the machine for browsers is.
pub fn size(root: &Path) -> Result<String> {
    let numbers = read(root)?;
    let of = |key: &str| number(&numbers, ["size", key]);
    Ok(format!(
        "The machine for browsers has {} kB, and {} kB as a server sends it, packed by brotli.",
        of("raw_bytes")? / 1000,
        of("brotli_bytes")? / 1000,
    ))
}

/// The ratios with one scheduler as a figure: a bar for each program from the line at 1, to the left
/// where LAM is faster, and a tick for the goal.
pub fn plot(root: &Path) -> Result<String> {
    const WIDTH: f64 = 720.0;
    const LEFT: f64 = 110.0;
    const RIGHT: f64 = 60.0;
    const ROW: f64 = 22.0;
    const TOP: f64 = 34.0;
    /// The ratios at the edges, as powers of two.
    const EDGES: (f64, f64) = (-4.0, 4.0);
    let numbers = read(root)?;
    let rows = rows(&numbers, 1)?;
    let x = |ratio: f64| {
        let place = ratio.log2().clamp(EDGES.0, EDGES.1) - EDGES.0;
        LEFT + place / (EDGES.1 - EDGES.0) * (WIDTH - LEFT - RIGHT)
    };
    let bottom = TOP + ROW * rows.len() as f64;
    let mut svg = format!(
        "<figure>\n<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"Processor time of \
         LAM as a share of BEAM's, program by program\">\n",
        bottom + 12.0
    );
    for power in [-4, -3, -2, -1, 0, 1, 2, 3, 4] {
        let ratio = f64::from(power).exp2();
        let label = if power < 0 { format!("1/{}", 1 << -power) } else { ratio.to_string() };
        let (at, class) = (x(ratio), if power == 0 { "l" } else { "l d" });
        let dash = if power == 0 { "" } else { " stroke-dasharray=\"1 4\"" };
        writeln!(
            svg,
            "<text x=\"{at:.1}\" y=\"20\" text-anchor=\"middle\" class=\"d\">{label}</text><path \
             class=\"{class}\"{dash} d=\"M{at:.1} {TOP} V{bottom}\"/>"
        )?;
    }
    for (at, (program, row)) in rows.iter().enumerate() {
        let ratio = ratio(row).context(program.name)?;
        let top = TOP + ROW * at as f64 + 4.0;
        let (from, to) = (x(ratio).min(x(1.0)), x(ratio).max(x(1.0)));
        let (width, height, base) = (to - from, ROW - 8.0, top + 11.5);
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"end\">{}</text><rect class=\"f\" \
             x=\"{from:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height}\"/><rect class=\"a\" \
             x=\"{from:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height}\"/><text x=\"{:.1}\" \
             y=\"{base:.1}\" class=\"d\">{ratio:.2}</text>",
            LEFT - 12.0,
            program.name,
            to + 8.0,
        )?;
        if let Some(goal) = program.goal {
            let (at, top, bottom) = (x(goal), top - 2.0, top + height + 2.0);
            writeln!(svg, "<path class=\"goal\" d=\"M{at:.1} {top:.1} V{bottom:.1}\"/>")?;
        }
    }
    svg.push_str(
        "</svg>\n<figcaption>Processor time of LAM divided by that of BEAM, on a logarithmic scale: left \
         of 1 LAM is faster. The thick ticks are the goals.</figcaption>\n</figure>\n",
    );
    Ok(svg)
}
