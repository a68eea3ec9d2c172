//! Where things stand in a text, for errors that are found after parsing.

use super::lines::LogicalLines;
use super::syntax;
use alloc::vec::Vec;
use core::ops::Range;

/// Where a function stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionPlace {
    /// Its `function` line.
    pub head: Range<usize>,
    /// Its instructions, in order, labels before them not included.
    pub instructions: Vec<Range<usize>>,
}

/// The places of the functions of each module, in the order in which [`parse`](super::parse)
/// gives them. Of a text with errors it tells what it can.
pub fn places(source: &str) -> Vec<Vec<FunctionPlace>> {
    let mut modules: Vec<Vec<FunctionPlace>> = Vec::new();
    for at in LogicalLines::new(source).flatten() {
        let Some(statement) = syntax::line(source, at).ok().and_then(|line| line.statement) else {
            continue;
        };
        let span = statement.span.start..statement.end;
        match statement.name {
            "module" => modules.push(Vec::new()),
            "function" => {
                if let Some(functions) = modules.last_mut() {
                    functions.push(FunctionPlace { head: span, instructions: Vec::new() });
                }
            }
            "export" | "params" | "lambda" | "line" | "info" => {}
            _ => {
                if let Some(function) = modules.last_mut().and_then(|m| m.last_mut()) {
                    function.instructions.push(span);
                }
            }
        }
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_found_by_their_index() {
        let source = "module m\n\nfunction f/0\n    need 1, 0 ; why\na: b:\n    line \"f\", 1\nc:  \
                      tuple {a,\n b} -> x1\nfunction g/0\nret 0\n";
        let places = places(source);
        let texts = |place: &FunctionPlace| -> Vec<&str> {
            place.instructions.iter().map(|span| &source[span.clone()]).collect()
        };
        assert_eq!(places.len(), 1);
        assert_eq!(&source[places[0][0].head.clone()], "function f/0");
        assert_eq!(texts(&places[0][0]), ["need 1, 0", "tuple {a,\n b} -> x1"]);
        assert_eq!(texts(&places[0][1]), ["ret 0"]);
    }
}
