//! From lines to modules: directives, labels, and the two passes that forward references need.
//!
//! Owns what a line means by where it stands. The first pass collects modules, functions and
//! labels; the second reads instructions, when every name is known.

use super::cursor::Cursor;
use super::error::{Result, Suggester, SyntaxError};
use super::layout;
use super::lexeme;
use super::lines::LogicalLines;
use super::literal;
use super::operands;
use super::print::param_name;
use super::reader::{Functions, Reader, Scope, local};
use super::syntax::{self, Line, Shape, Statement};
use super::tables::Tables;
use crate::module::{Function, Lambda, Literal, Module, Param};
use crate::rule::Rule;
use crate::table::{Instr, InstrInfo};
use core::ops::Range;
use std::collections::{HashMap, HashSet};

/// The directives and their forms.
const DIRECTIVES: &[(&str, &str)] = &[
    ("module", "module NAME"),
    ("export", "export NAME/ARITY, …"),
    ("info", "info KEY, TERM"),
    ("function", "function NAME/ARITY"),
    ("params", "params term, context, trace, … (one for each parameter)"),
    ("lambda", "lambda INDEX, UNIQUE"),
    ("line", "line \"FILE\", NUMBER"),
];

/// Reads modules.
pub(super) fn assemble(source: &str) -> core::result::Result<Vec<Module>, Vec<SyntaxError>> {
    let mut first = Assembler::default();
    for found in LogicalLines::new(source) {
        match found.and_then(|at| syntax::line(source, at)) {
            Ok(line) => first.line(line),
            Err(error) => first.errors.push(error),
        }
    }
    let Assembler { drafts, mut errors, suggester, .. } = first;
    let mut names = HashSet::new();
    let mut modules = Vec::new();
    for draft in drafts {
        if !draft.broken && !names.insert(draft.name.clone()) {
            let message = format!("a second module `{}`", lexeme::short(&draft.name));
            let error = SyntaxError::new(Rule::TextModuleDuplicate, draft.span.clone(), message);
            errors.push(error);
        }
        modules.push(draft.finish(&suggester, &mut errors));
    }
    if errors.is_empty() {
        return Ok(modules);
    }
    errors.sort_by_key(|error| error.span.start);
    Err(errors)
}

/// A module of which the lines are known.
struct Draft<'s> {
    name: String,
    span: Range<usize>,
    /// Its name could not be read.
    broken: bool,
    exports: Vec<(String, u8, Range<usize>)>,
    info: Vec<(String, Literal)>,
    functions: Vec<Body<'s>>,
}

/// A function of which the lines are known.
struct Body<'s> {
    name: String,
    arity: u8,
    span: Range<usize>,
    /// Its name could not be read.
    broken: bool,
    params: Option<Vec<Param>>,
    lambda: Option<Lambda>,
    items: Vec<Item<'s>>,
}

enum Item<'s> {
    Label(&'s str, Range<usize>),
    Place(String, u32),
    Instruction(Statement<'s>),
}

/// The first pass.
struct Assembler<'s> {
    drafts: Vec<Draft<'s>>,
    errors: Vec<SyntaxError>,
    suggester: Suggester,
    /// A line that stands where it must not has been reported; those after it are not.
    misplaced: bool,
}

impl Default for Assembler<'_> {
    fn default() -> Self {
        Assembler {
            drafts: Vec::new(),
            errors: Vec::new(),
            suggester: Suggester::new(),
            misplaced: false,
        }
    }
}

impl<'s> Assembler<'s> {
    fn line(&mut self, line: Line<'s>) {
        for (name, span) in line.labels {
            match self.body(&span, "a label") {
                Some(body) => body.items.push(Item::Label(name, span)),
                None => break,
            }
        }
        let Some(statement) = line.statement else { return };
        if let Err(error) = self.statement(statement) {
            self.errors.push(error);
        }
    }

    /// The module that a line belongs to.
    fn draft(&mut self, span: &Range<usize>) -> Option<&mut Draft<'s>> {
        if self.drafts.is_empty() && !core::mem::replace(&mut self.misplaced, true) {
            let message = "the first line is not `module NAME`";
            let error = SyntaxError::new(Rule::TextModuleMissing, span.clone(), message);
            self.errors.push(error.help("a file is one module or several, each with its name"));
        }
        self.drafts.last_mut()
    }

    /// The function that a line belongs to.
    fn body(&mut self, span: &Range<usize>, what: &str) -> Option<&mut Body<'s>> {
        let outside = self.draft(span)?.functions.is_empty();
        if outside && !core::mem::replace(&mut self.misplaced, true) {
            let message = format!("{what} outside of a function");
            let error = SyntaxError::new(Rule::TextFunctionOutside, span.clone(), message);
            self.errors.push(error.help("begin a function with `function NAME/ARITY`"));
        }
        self.drafts.last_mut()?.functions.last_mut()
    }

    fn statement(&mut self, statement: Statement<'s>) -> Result<()> {
        let directive = DIRECTIVES.iter().find(|(name, _)| *name == statement.name);
        if let Some((_, form)) = directive {
            return self.directive(&statement).map_err(|error| {
                let rule = match error.rule {
                    Rule::TextOperandKind
                    | Rule::TextOperandMissing
                    | Rule::TextOperandExtra
                    | Rule::TextLineSyntax => Rule::TextDirectiveArguments,
                    rule => rule,
                };
                SyntaxError { rule, ..error }.help_if(Some(format!("the form is: {form}")))
            });
        }
        if InstrInfo::named(statement.name).is_some() {
            if let Some(body) = self.body(&statement.span, "an instruction") {
                body.items.push(Item::Instruction(statement));
            }
            return Ok(());
        }
        let inside = self.drafts.last().is_some_and(|draft| !draft.functions.is_empty());
        let (rule, what) = if inside {
            (Rule::TextNameUnknown, "instruction")
        } else {
            (Rule::TextDirectiveUnknown, "directive")
        };
        let directives = DIRECTIVES.iter().map(|(name, _)| *name);
        let known = directives.chain(operands::mnemonics());
        let help = self.suggester.nearest(statement.name, known);
        let message = format!("there is no {what} `{}`", lexeme::short(statement.name));
        Err(SyntaxError::new(rule, statement.span.clone(), message).help_if(help))
    }

    fn directive(&mut self, statement: &Statement<'s>) -> Result<()> {
        let mut cursor = Cursor::new(&statement.nodes, statement.end);
        let span = &statement.span;
        match statement.name {
            "module" => {
                self.misplaced = false;
                let found = literal::atom(&mut cursor).and_then(|name| end(&cursor).map(|()| name));
                self.drafts.push(Draft {
                    name: found.clone().unwrap_or_default(),
                    span: span.start..statement.end,
                    broken: found.is_err(),
                    exports: Vec::new(),
                    info: Vec::new(),
                    functions: Vec::new(),
                });
                found.map(|_| ())
            }
            "function" => {
                let Some(draft) = self.draft(span) else { return Ok(()) };
                let found = name_and_arity(&mut cursor).and_then(|it| end(&cursor).map(|()| it));
                let (name, arity) = found.clone().unwrap_or_default();
                draft.functions.push(Body {
                    name,
                    arity,
                    span: span.start..statement.end,
                    broken: found.is_err(),
                    params: None,
                    lambda: None,
                    items: Vec::new(),
                });
                self.misplaced = false;
                found.map(|_| ())
            }
            "export" => {
                let Some(draft) = self.draft(span) else { return Ok(()) };
                let mut more = true;
                while more {
                    let start = cursor.here().start;
                    let (name, arity) = name_and_arity(&mut cursor)?;
                    let end = cursor.peek().map_or(statement.end, |node| node.span.start);
                    draft.exports.push((name, arity, start..end));
                    more = cursor.comma_or_end()?;
                }
                Ok(())
            }
            "info" => {
                let Some(draft) = self.draft(span) else { return Ok(()) };
                let key = literal::atom(&mut cursor)?;
                comma(&mut cursor)?;
                let value = literal::read(&mut cursor, 1)?;
                draft.info.push((key, value));
                end(&cursor)
            }
            "params" => {
                let Some(body) = self.drafts.last_mut().and_then(|d| d.functions.last_mut()) else {
                    self.body(span, "`params`");
                    return Ok(());
                };
                let params = params(&mut cursor, &self.suggester)?;
                once(&body.params, statement)?;
                if params.len() != usize::from(body.arity) && !body.broken {
                    let (found, arity) = (params.len(), body.arity);
                    let message = format!("the function has arity {arity}, here are {found} kinds");
                    return Err(SyntaxError::new(
                        Rule::TextDirectiveArguments,
                        span.start..statement.end,
                        message,
                    ));
                }
                body.params = Some(params);
                Ok(())
            }
            "lambda" => {
                let Some(body) = self.body(span, "`lambda`") else { return Ok(()) };
                let index = number(&mut cursor, "an index")?;
                comma(&mut cursor)?;
                let unique = number(&mut cursor, "a hash")?;
                once(&body.lambda, statement)?;
                body.lambda = Some(Lambda { index, unique });
                end(&cursor)
            }
            _ => {
                let Some(body) = self.body(span, "`line`") else { return Ok(()) };
                let Some(Shape::Text(text)) = cursor.peek().map(|node| &node.shape) else {
                    return Err(cursor.unexpected(Rule::TextDirectiveArguments, "a file name"));
                };
                let file = lexeme::characters(text, &cursor.here())?;
                cursor.next();
                comma(&mut cursor)?;
                body.items.push(Item::Place(file, number(&mut cursor, "a line")?));
                end(&cursor)
            }
        }
    }
}

fn end(cursor: &Cursor<'_, '_>) -> Result<()> {
    if cursor.is_empty() {
        return Ok(());
    }
    Err(cursor.unexpected(Rule::TextDirectiveArguments, "the end of the line"))
}

fn comma(cursor: &mut Cursor<'_, '_>) -> Result<()> {
    if cursor.take(|shape| matches!(shape, Shape::Comma)) {
        return Ok(());
    }
    Err(cursor.unexpected(Rule::TextDirectiveArguments, "`,`"))
}

fn once<T>(given: &Option<T>, statement: &Statement<'_>) -> Result<()> {
    if given.is_none() {
        return Ok(());
    }
    let message = format!("a second `{}` of this function", statement.name);
    let span = statement.span.start..statement.end;
    Err(SyntaxError::new(Rule::TextDirectiveArguments, span, message))
}

fn number(cursor: &mut Cursor<'_, '_>, what: &str) -> Result<u32> {
    literal::unsigned(cursor, what, u32::MAX.into()).map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

fn name_and_arity(cursor: &mut Cursor<'_, '_>) -> Result<(String, u8)> {
    let name = literal::atom(cursor)?;
    Ok((name, literal::arity(cursor)?))
}

fn params(cursor: &mut Cursor<'_, '_>, suggester: &Suggester) -> Result<Vec<Param>> {
    const ALL: [Param; 3] = [Param::Term, Param::Context, Param::Trace];
    let mut params = Vec::new();
    let mut more = !cursor.is_empty();
    while more {
        let span = cursor.here();
        let Some(Shape::Word(word)) = cursor.peek().map(|node| &node.shape) else {
            return Err(cursor.unexpected(Rule::TextDirectiveArguments, "a kind of parameter"));
        };
        let Some(param) = ALL.into_iter().find(|param| param_name(*param) == *word) else {
            let help = suggester.nearest(word, ALL.map(param_name));
            let message = format!("`{}` is no kind of parameter", lexeme::short(word));
            return Err(SyntaxError::new(Rule::TextKindUnknown, span, message).help_if(help));
        };
        cursor.next();
        params.push(param);
        more = cursor.comma_or_end()?;
    }
    Ok(params)
}

impl<'s> Draft<'s> {
    /// The second pass.
    fn finish(self, suggester: &Suggester, errors: &mut Vec<SyntaxError>) -> Module {
        let mut tables = Tables::default();
        tables.module.name = tables.atom(&self.name);
        let mut keys = HashSet::new();
        for (key, value) in self.info {
            let key = tables.atom(&key);
            let value = tables.literal(value);
            keys.insert(key);
            tables.module.info.push((key, value));
        }
        let mut functions = Functions::new();
        for (index, body) in (0..).zip(&self.functions) {
            if functions.insert((body.name.clone(), body.arity), index).is_some() && !body.broken {
                let message =
                    format!("a second function {}/{}", lexeme::short(&body.name), body.arity);
                let span = body.span.clone();
                errors.push(SyntaxError::new(Rule::TextFunctionDuplicate, span, message));
            }
        }
        let mut exported = HashSet::new();
        for (name, arity, span) in self.exports {
            match local(&functions, name, arity, span, suggester) {
                Ok(index) => {
                    exported.insert(index);
                }
                Err(error) => errors.push(error),
            }
        }
        for (index, body) in (0..).zip(self.functions) {
            let mut function = body.finish(&mut tables, &functions, suggester, errors);
            function.exported = exported.contains(&index);
            tables.module.functions.push(function);
        }
        tables.module
    }
}

impl<'s> Body<'s> {
    /// Numbers the labels, then reads the instructions.
    fn finish(
        self,
        tables: &mut Tables,
        functions: &Functions,
        suggester: &Suggester,
        errors: &mut Vec<SyntaxError>,
    ) -> Function {
        let plain = |params: &Vec<Param>| params.iter().any(|param| *param != Param::Term);
        let mut function = Function {
            name: tables.atom(&self.name),
            arity: self.arity,
            params: self.params.filter(plain).unwrap_or_default(),
            lambda: self.lambda,
            ..Function::default()
        };
        let mut labels: HashMap<&'s str, u32> = HashMap::new();
        let mut at = 0;
        for item in &self.items {
            match item {
                Item::Instruction(_) => at += 1,
                Item::Place(..) => {}
                Item::Label(name, span) => {
                    function.labels.push(at);
                    let number = u32::try_from(function.labels.len()).unwrap_or(u32::MAX);
                    if *name == "_" || *name == "clause" || labels.insert(name, number).is_some() {
                        let error = duplicate_label(name, span.clone());
                        errors.push(error);
                    }
                }
            }
        }
        let mut scope = Scope { tables, functions, labels: &labels, suggester };
        let mut place: Option<(String, u32)> = None;
        let mut at = 0;
        for item in self.items {
            match item {
                Item::Label(..) => {}
                Item::Place(file, line) => place = Some((file, line)),
                Item::Instruction(statement) => {
                    if let Some((file, line)) = place.take() {
                        function.lines.push((at, scope.tables.location(&file, line)));
                    }
                    at += 1;
                    match instruction(&statement, &mut scope) {
                        Ok(instr) => function.code.push(instr),
                        Err(error) => errors.push(error),
                    }
                }
            }
        }
        function
    }
}

fn duplicate_label(name: &str, span: Range<usize>) -> SyntaxError {
    let (message, help) = match name {
        "_" => ("`_` is no name for a label".to_owned(), None),
        "clause" => (
            "every function has the label `clause` already".to_owned(),
            Some("jumping there raises function_clause".to_owned()),
        ),
        _ => (format!("a second label `{}` in this function", lexeme::short(name)), None),
    };
    SyntaxError::new(Rule::TextLabelDuplicate, span, message).help_if(help)
}

fn instruction<'s>(statement: &Statement<'s>, scope: &mut Scope<'_, 's>) -> Result<Instr> {
    let cursor = Cursor::new(&statement.nodes, statement.end);
    let mut reader = Reader::new(statement.name, cursor, scope);
    let read = operands::read(statement.name, &mut reader);
    let info = InstrInfo::named(statement.name);
    let (Some(read), Some(info)) = (read, info) else {
        let message = format!("there is no instruction `{}`", statement.name);
        return Err(SyntaxError::new(Rule::TextNameUnknown, statement.span.clone(), message));
    };
    read.map_err(|error| match error.rule {
        Rule::TextOperandKind
        | Rule::TextOperandMissing
        | Rule::TextOperandExtra
        | Rule::TextLineSyntax => {
            error.help_if(Some(format!("the form is: {}", layout::form(info))))
        }
        _ => error,
    })
}
