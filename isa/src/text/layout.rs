//! What stands between the operands of an instruction.
//!
//! Owns the separators, the same for reading and for writing, and the forms that error messages
//! show. Book: *The text form*.

use crate::table::InstrInfo;

/// What is written before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A space: before the first operand, and after a kind.
    Space,
    /// `,`
    Comma,
    /// `->`, before the first destination.
    Arrow,
    /// `else`, before a label that is taken on failure.
    Else,
}

impl Gap {
    pub(super) fn text(self) -> &'static str {
        match self {
            Gap::Space => " ",
            Gap::Comma => ", ",
            Gap::Arrow => " -> ",
            Gap::Else => " else ",
        }
    }
}

/// What an operand is for, as far as that decides what is written before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A source, a number, a list, a label that is always taken.
    Operand,
    /// A destination that is not inside of a list.
    Destination,
    /// A label that is taken on failure.
    Failure,
}

/// How far an instruction has been read or written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Nothing stands before the next operand that would need a separator.
    first: bool,
    /// There was a destination.
    arrow: bool,
    /// How many sources the kind takes.
    pub(super) arity: usize,
    /// The arity of the function that is called, if the target tells it.
    pub(super) target_arity: Option<u8>,
    /// The destination may be left out: all kinds of `mark` but `reserve` have none.
    pub(super) no_destination: bool,
}

impl Layout {
    pub(super) fn new() -> Layout {
        Layout { first: true, arrow: false, arity: 0, target_arity: None, no_destination: false }
    }

    /// What stands before the next operand.
    pub(super) fn gap(&mut self, place: Place) -> Gap {
        let first = core::mem::replace(&mut self.first, false);
        match place {
            Place::Destination if !core::mem::replace(&mut self.arrow, true) => Gap::Arrow,
            Place::Failure => Gap::Else,
            _ if first => Gap::Space,
            _ => Gap::Comma,
        }
    }

    /// Notes a kind, behind which the next operand follows without a comma.
    pub(super) fn kind(&mut self, mnemonic: &str, name: &str, arity: usize) {
        self.first = true;
        self.arity = arity;
        self.no_destination = mnemonic == "mark" && name != "reserve";
    }
}

/// What a label of that name is for.
pub(super) fn label_place(field: &str) -> Place {
    if field == "other" { Place::Failure } else { Place::Operand }
}

/// The form of an instruction: `send TO, MESSAGE -> DST`.
pub(super) fn form(info: &InstrInfo) -> String {
    let mut layout = Layout::new();
    let mut form = info.name.to_owned();
    for operand in info.operands {
        let name = operand.name.to_uppercase();
        let (place, text) = match operand.kind {
            "kind" => {
                form.push_str(" KIND");
                layout.kind(info.name, "", 0);
                continue;
            }
            "label or _" => {
                form.push_str(" [else LABEL]");
                continue;
            }
            // A function that is named tells its arity.
            "arity" => {
                form.push_str("[, ARITY]");
                continue;
            }
            "label" => (label_place(operand.name), "LABEL".to_owned()),
            "destination" => (Place::Destination, name),
            "change" => (Place::Operand, "+SLOTS or -SLOTS".to_owned()),
            "sources" if info.name == "tuple" => (Place::Operand, "{SOURCE, …}".to_owned()),
            "sources" if info.name == "fun" => (Place::Operand, "[SOURCE, …]".to_owned()),
            "sources" => (Place::Operand, "SOURCE, …".to_owned()),
            "source -> destination pairs" if info.name == "move" => {
                (Place::Operand, "SOURCE -> DST, …".to_owned())
            }
            "source -> destination pairs" => (Place::Operand, "{KEY -> DST, …}".to_owned()),
            "index = source pairs" => (Place::Operand, "{INDEX = SOURCE, …}".to_owned()),
            "key => value pairs" => (Place::Operand, "{KEY => VALUE, …}".to_owned()),
            "constant -> label pairs" => (Place::Operand, "{CONSTANT -> LABEL, …}".to_owned()),
            "segments" => (Place::Operand, "[SEGMENT, …]".to_owned()),
            "commands" => (Place::Operand, "[COMMAND, …]".to_owned()),
            "function" => (Place::Operand, "NAME/ARITY".to_owned()),
            _ => (Place::Operand, name),
        };
        form.push_str(layout.gap(place).text());
        form.push_str(&text);
    }
    form
}
